import { execFileSync } from "node:child_process";

/** The commit that the files at `root` come from, with `+` behind it when they differ from it; `undefined` outside a repository. */
export function sourceRevision(root: string): string | undefined {
  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-C", root, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], maxBuffer: 1 << 26 }).trim();
  try {
    if (git("rev-parse", "--show-prefix") !== "") return undefined;
    return git("rev-parse", "HEAD") + (git("status", "--porcelain") === "" ? "" : "+");
  } catch {
    return undefined;
  }
}
