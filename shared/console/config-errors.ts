import { EdgeError } from "../base/edge-error.ts";
import type { TextPlace } from "../base/json-source.ts";
import { mostProblems, type Problem } from "../base/problem.ts";

/** A problem and where in the file it stands. */
export interface PlacedProblem extends Problem {
  readonly place: TextPlace;
}

/** One problem as a line that editors and terminals can jump from. */
export function problemLine(file: string, { place, path, message, expected }: PlacedProblem): string {
  const subject = path === "" ? message : `${path}: ${message}`;
  return `${file}:${place.line}:${place.column}: ${subject}; expected ${expected}`;
}

/** A configuration file is not what it has to be; nothing was started from it. The message has one line for each problem. */
export class ConfigInvalid extends EdgeError {
  readonly code = "EDGE_CONFIG";
  readonly file: string;
  readonly problems: readonly PlacedProblem[];
  constructor(file: string, problems: readonly PlacedProblem[]) {
    const lines = problems.map((problem) => problemLine(file, problem));
    if (problems.length >= mostProblems) lines.push(`${file}: only the first ${mostProblems} problems are shown`);
    super(lines.join("\n"));
    this.file = file;
    this.problems = problems;
  }
}

/** A configuration file is not there. */
export class ConfigMissing extends EdgeError {
  readonly code = "EDGE_CONFIG_MISSING";
  readonly file: string;
  /** @param remedy how to make one, as a sentence part: `start without --config …` */
  constructor(file: string, remedy: string, options?: { cause?: unknown }) {
    super(`${file} does not exist: ${remedy}`, options);
    this.file = file;
  }
}

/** A configuration file is there and cannot be read: permissions, a directory, the disk. */
export class ConfigUnreadable extends EdgeError {
  readonly code = "EDGE_CONFIG_UNREADABLE";
  readonly file: string;
  constructor(file: string, reason: string, options?: { cause?: unknown }) {
    super(`${file} cannot be read: ${reason}`, options);
    this.file = file;
  }
}
