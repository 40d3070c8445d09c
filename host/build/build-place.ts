import path from "node:path";

/** Where a build reads and writes. */
export interface BuildPlace {
  /** The top of the repository. */
  readonly root: string;
  /** What is fetched or compiled once is kept here; it may be deleted at any time. */
  readonly cache: string;
  /** Shows one line to whoever waits. */
  readonly say: (line: string) => void;
}

/** The place of a build in the repository at `root`. */
export function buildPlace(root: string, say: (line: string) => void): BuildPlace {
  return { root, cache: path.join(root, "node_modules", ".cache", "penstock"), say };
}
