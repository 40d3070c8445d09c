import { spawn } from "node:child_process";
import { BuildFailed, BuildMeansMissing } from "./build-errors.ts";

/** So much of what a failed tool said is shown. */
const shownLines = 40;

export interface ToolOptions {
  readonly cwd?: string;
  /** What a user is told to do when the program is not there. */
  readonly advice?: string;
}

/**
 * Runs a program to its end.
 * @param what for messages: what it was to do
 * @returns what it printed to standard output
 * @throws {BuildMeansMissing} when it cannot be started {BuildFailed} when it ends with another code than 0
 */
export async function runTool(what: string, program: string, args: readonly string[], options: ToolOptions = {}): Promise<string> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], ...(options.cwd === undefined ? {} : { cwd: options.cwd }) });
  const [output, complaints] = [gather(child.stdout), gather(child.stderr)];
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", (error) =>
      reject(
        new BuildMeansMissing(what, `${program} cannot be started${options.advice === undefined ? "" : `; ${options.advice}`}`, {
          cause: error,
        }),
      ),
    );
    child.once("close", resolve);
  });
  if (code === 0) return output();
  const said = `${output()}\n${complaints()}`.trim().split("\n").slice(0, shownLines).join("\n");
  throw new BuildFailed(what, `${program} ${args.join(" ")} ended with ${code}\n${said}`);
}

function gather(stream: NodeJS.ReadableStream): () => string {
  const chunks: string[] = [];
  stream.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk));
  return () => chunks.join("");
}
