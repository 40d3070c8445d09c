/** One thing that is wrong with a document. */
export interface Problem {
  /** Where, as a JSON pointer; `""` is the whole document. For a missing key: where it should be. RFC 6901. */
  readonly path: string;
  /** What is wrong there, as in `"flaot32" is not allowed`. */
  readonly message: string;
  /** What would be right, as in `a whole number from 1 to 65535`. */
  readonly expected: string;
}

/** So many problems are collected in one document; the rest are found when these are mended. */
export const mostProblems = 50;
