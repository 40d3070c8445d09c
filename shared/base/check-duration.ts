import { parseDuration } from "./duration.ts";
import type { Problem } from "./problem.ts";
import { type Millis, millis } from "./units.ts";

/** Longer spans than ten years are mistakes, and some overflow. */
const longest = millis(3650 * 86_400_000);

/** Checks how long a duration is; its form is the schema's business. @param least `undefined` texts are fine: the default holds */
export function* checkDuration(path: string, text: string | undefined, least: Millis): Generator<Problem> {
  if (text === undefined) return;
  const span = parseDuration(text);
  if (span < least) yield { path, message: `"${text}" is too short`, expected: `at least ${least} ms` };
  if (span > longest) yield { path, message: `"${text}" is too long`, expected: "at most 3650 d" };
}
