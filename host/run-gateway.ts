import { readFile } from "node:fs/promises";
import { EdgeError } from "../shared/base/edge-error.ts";
import { isJsonObject } from "../shared/base/json.ts";
import { Stopped } from "../shared/base/stop-signal.ts";
import { helpText, readSettings, type Settings } from "../shared/console/settings.ts";
import { composeGateway } from "./compose.ts";
import { whereToLook } from "./console/where-to-look.ts";
import { BoardStartFailed } from "./platform/board-errors.ts";
import { NodeClock } from "./platform/clock-node.ts";
import { LineLog } from "./platform/log-line.ts";

/** What a shell makes of a program ended by SIGINT. */
const interrupted = 130;

const print = (text: string): boolean => process.stdout.write(`${text}\n`);
const show = (line: string): boolean => process.stderr.write(`${line}\n`);

async function readVersion(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
  return isJsonObject(manifest) ? String(manifest["version"]) : "";
}

/** What a user is told about `error`; `undefined` when it has been said already, by the board. */
function explain(error: unknown): string | undefined {
  if (error instanceof BoardStartFailed && error.end.exitCode === 1) return undefined;
  if (error instanceof EdgeError) return `penstock: ${error.message}`;
  return `penstock: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

/** Runs the gateway until the first signal. @returns the exit code */
async function run(settings: Settings, version: string, boardScript: string): Promise<number> {
  const stop = new AbortController();
  const kill = new AbortController();
  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener("abort", () => resolve()));
  const onSignal = (): void => {
    if (stop.signal.aborted) {
      kill.abort();
      process.exit(interrupted);
    }
    show("penstock: ending …");
    stop.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
  const clock = new NodeClock();
  const log = new LineLog({ clock, source: "gateway", write: show });
  try {
    const gateway = await composeGateway(
      { settings, version, boardScript, clock, log, random: Math.random, show, kill: kill.signal },
      stop.signal,
    );
    print(whereToLook(gateway.running));
    await stopped;
    await gateway.close();
    return 0;
  } catch (error) {
    if (error instanceof Stopped) return 0;
    const line = explain(error);
    if (line !== undefined) show(line);
    return 1;
  }
}

/**
 * All of `npm start`: reads the settings, starts the gateway, says where to look, and ends it at the first SIGINT, SIGTERM or SIGHUP; a second one kills.
 * @param boardScript main module of the board
 * @returns the exit code
 */
export async function runGateway(argv: readonly string[], boardScript: string): Promise<number> {
  // Whoever read the output may go; that is no reason to fall over and leave the board alone.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  const version = await readVersion();
  try {
    const settings = readSettings(argv, process.env);
    if (settings.help) print(helpText());
    else if (settings.version) print(version);
    else return await run(settings, version, boardScript);
    return 0;
  } catch (error) {
    show(explain(error) ?? "");
    return 1;
  }
}
