import type { JsonObject, JsonValue } from "../../base/json.ts";
import type { Problem } from "../../base/problem.ts";
import type { AttributeSpec } from "../documents/definition-document.ts";
import { TransitionIllegal } from "../documents/document-errors.ts";
import { sameJson } from "../same-json.ts";
import { valueAt } from "../twin-path.ts";

/** Where an attribute lies in desired and reported. */
export const attributePath = ({ path }: Pick<AttributeSpec, "path">): string => path ?? "value";

export function fitsType(type: AttributeSpec["type"], value: JsonValue): boolean {
  switch (type) {
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    case "integer":
      return typeof value === "number" && Number.isInteger(value);
    case "boolean":
      return typeof value === "boolean";
    case "text":
      return typeof value === "string";
  }
}

const articles = { number: "a number", integer: "a whole number", boolean: "true or false", text: "a text" } as const;
const isOneOf = (values: readonly (string | number | boolean)[], value: JsonValue): boolean => values.some((one) => one === value);

/** What of one half of a feature is not as its attributes say. */
export function* checkAttributes(
  half: "desired" | "reported",
  part: JsonObject | undefined,
  attributes: readonly AttributeSpec[],
): Generator<Problem> {
  for (const attribute of attributes) {
    const value = valueAt(part, attributePath(attribute));
    if (value === undefined || (value === null && half === "reported")) continue;
    const path = `/${half}/${attributePath(attribute)}`;
    const { type, minimum, maximum } = attribute;
    const listed = half === "desired" ? attribute.desiredValues : attribute.reportedValues;
    if (!fitsType(type, value)) yield { path, message: `${JSON.stringify(value).slice(0, 80)} is not allowed`, expected: articles[type] };
    else if (listed !== undefined && !isOneOf(listed, value))
      yield { path, message: `${JSON.stringify(value).slice(0, 80)} is not allowed`, expected: `one of ${listed.join(", ")}` };
    else if (half === "desired" && typeof value === "number") yield* checkBounds(path, value, minimum, maximum);
  }
}

/** A number outside its bounds. */
export function* checkBounds(path: string, value: number, minimum: number | undefined, maximum: number | undefined): Generator<Problem> {
  if (minimum !== undefined && value < minimum) yield { path, message: `${value} is too small`, expected: `at least ${minimum}` };
  if (maximum !== undefined && value > maximum) yield { path, message: `${value} is too large`, expected: `at most ${maximum}` };
}

/** How a definition names the state of what has not been reported yet. */
const unspecified = "unspecified";

/**
 * Lets an intent through only where the definition lets it be asked for from what is reported. What stays as it was wanted before is not asked again.
 * Before anything was reported only what is listed for `unspecified` may be wanted, and anything where that is not listed.
 * @throws {TransitionIllegal}
 */
export function checkTransitions(
  attributes: readonly AttributeSpec[],
  {
    before,
    wanted,
    reported,
  }: { readonly before: JsonObject | undefined; readonly wanted: JsonObject | undefined; readonly reported: JsonObject | undefined },
): void {
  for (const attribute of attributes) {
    const { transitions } = attribute;
    const path = attributePath(attribute);
    const to = valueAt(wanted, path);
    if (transitions === undefined || to === undefined) continue;
    const asked = valueAt(before, path);
    if (asked !== undefined && sameJson(asked, to)) continue;
    const found = valueAt(reported, path);
    const from = found === undefined || found === null ? unspecified : String(found);
    const allowed = Object.hasOwn(transitions, from) ? transitions[from] : undefined;
    if (allowed === undefined && from === unspecified) continue;
    if (allowed === undefined || !isOneOf(allowed, to))
      throw new TransitionIllegal(
        `${attribute.feature}/${path}`,
        from,
        String(to),
        allowed === undefined || allowed.length === 0 ? "nothing may be wanted" : `${allowed.join(", ")} may be wanted`,
      );
  }
}

/** How far apart the wanted and the found value of the feature may be; 0 where nothing is said. */
export function toleranceOf(attributes: readonly AttributeSpec[]): number {
  return attributes.find((attribute) => attributePath(attribute) === "value")?.tolerance ?? 0;
}
