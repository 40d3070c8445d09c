import { EdgeError } from "./edge-error.ts";
import { type Millis, millis } from "./units.ts";

const unitMillis: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** What a duration looks like in configuration: a decimal number and one of `ms s min h d`, as in `"500 ms"` or `"1.5 s"`. */
export const durationPattern = "^(\\d+(?:\\.\\d+)?) ?(ms|s|min|h|d)$";
const durationForm = new RegExp(durationPattern);

/** The text is not a duration such as `500 ms`. */
export class BadDuration extends EdgeError {
  readonly code = "EDGE_BAD_DURATION";
  constructor(text: string) {
    super(`"${text}" is not a duration: expected a number and one of ms, s, min, h, d, as in "500 ms"`);
  }
}

/** Reads a duration such as `"500 ms"`. @throws {BadDuration} */
export function parseDuration(text: string): Millis {
  const match = durationForm.exec(text);
  const scale = match?.[2] === undefined ? undefined : unitMillis[match[2]];
  if (match?.[1] === undefined || scale === undefined) throw new BadDuration(text);
  return millis(Number(match[1]) * scale);
}
