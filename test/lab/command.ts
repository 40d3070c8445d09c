import { execFile } from "node:child_process";

export interface CommandOptions {
  /** Directory to run in. */
  readonly directory?: string;
  /** What the program reads from its standard input. */
  readonly input?: string;
}

/** Runs a program to its end. @returns what it printed @throws an error that shows what it said when it fails */
export function command(program: string, args: readonly string[], { directory, input }: CommandOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const environment = { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`, LC_ALL: "C" };
    const child = execFile(program, [...args], { cwd: directory, env: environment, maxBuffer: 64 << 20 }, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(`${program} ${args.join(" ")}: ${stderr.trim() || error.message}`)),
    );
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}
