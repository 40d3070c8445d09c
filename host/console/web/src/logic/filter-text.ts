/** A text as a CEL literal. */
const quoted = (text: string): string => JSON.stringify(text);

/** The longest filter that the gateway takes. */
const longest = 1024;

/** A filter for features of some things; `undefined` when it would be too long. */
export function featuresOf(things: readonly string[]): string | undefined {
  if (things.length === 0) return undefined;
  const filter = things.length === 1 ? `thing == ${quoted(things[0] ?? "")}` : `thing in [${things.map(quoted).join(", ")}]`;
  return filter.length > longest ? undefined : filter;
}

/** What things are looked for by. Words are looked for in id and name; `key=value` is a label. */
export interface ThingSearch {
  readonly text: string;
  readonly board: string;
  readonly kind: string;
  /** Only these, when given. */
  readonly ids?: readonly string[] | undefined;
}

/** The CEL filter of a search; `undefined` when everything is wanted. */
export function thingFilter({ text, board, kind, ids }: ThingSearch): string | undefined {
  const terms = text
    .trim()
    .split(/\s+/)
    .filter((word) => word !== "")
    .map((word) => {
      const equals = word.indexOf("=");
      if (equals <= 0) return `(id.contains(${quoted(word)}) || name.contains(${quoted(word)}))`;
      const key = quoted(word.slice(0, equals));
      return `(${key} in labels && labels[${key}] == ${quoted(word.slice(equals + 1))})`;
    });
  if (board !== "") terms.push(`board == ${quoted(board)}`);
  if (kind !== "") terms.push(`kind == ${quoted(kind)}`);
  if (ids !== undefined) terms.push(`id in [${ids.map(quoted).join(", ")}]`);
  return terms.length === 0 ? undefined : terms.join(" && ");
}
