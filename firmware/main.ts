import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { flushCompileCache, getCompileCacheDir } from "node:module";
import path from "node:path";
import manifest from "../package.json" with { type: "json" };
import { EdgeError } from "../shared/base/edge-error.ts";
import type { UplinkConfig } from "../shared/connectors/uplink-config.ts";
import type { PenstockConfig } from "../shared/console/penstock-config.ts";
import { defaultBoardName, resolveConfig } from "../shared/console/resolve-config.ts";
import { helpText, readSettings, type Settings } from "../shared/console/settings.ts";
import { type Board, composeBoard } from "./compose.ts";
import { boards } from "./console/boards.ts";
import { readConfig } from "./console/config-file.ts";
import { cronCalendar } from "./console/cron-calendar.ts";
import { readOwnGateway } from "./console/own-gateway.ts";
import { brokerStartConfig, pathsIn } from "./console/start-config.ts";
import { openLog } from "./platform/log-pino.ts";
import { ReadyFile } from "./platform/ready-file.ts";

/** So long after the first start of all the compiled code is kept for the next one. */
const cacheAfter = 10_000;

/** What was opened gets this long to close; then the process ends all the same. */
const closeTime = 1800;

// What a board keeps is nobody else's to read.
process.umask(0o077);

const log = openLog("info", "board");
/** Names this start. */
const bootId = randomBytes(16).toString("hex");

async function start(settings: Settings, ready: ReadyFile): Promise<Board> {
  const file = path.resolve(settings.config ?? path.join(settings.data, "penstock.json"));
  const read = await readConfig(file, { calendar: cronCalendar, boards });
  const own = await ownGateway(settings, read);
  const config = own === undefined ? read : { ...read, uplink: own };
  const board = boards.get(config.board ?? defaultBoardName);
  const directory = path.dirname(file);
  const resolved = resolveConfig(config, board, pathsIn(directory));
  const running = await composeBoard({
    config: resolved,
    broker: brokerStartConfig(config, { settings, directory, board }),
    data: path.resolve(settings.data),
    ownGateway: own !== undefined,
    healthPort: settings.healthPort ?? resolved.health.port,
    version: manifest.version,
    onServing: ({ addresses, health }) => ready.write({ pid: process.pid, bootId, addresses, health }),
    log,
  });
  log.info({ config: file, addresses: running.addresses, health: running.health, devices: resolved.devices.length }, "the board serves");
  // Whoever started this process may have gone: the board does not depend on it.
  process.on("disconnect", () => {});
  process.on("error", () => {});
  if (process.connected) process.send?.({ kind: "ready", bootId, addresses: running.addresses, health: running.health }, () => {});
  keepCompiledCode();
  return running;
}

/** Reads the configuration as a start would. @returns what is in it, for people @throws what a start would */
async function soundConfig(settings: Settings): Promise<string> {
  const file = path.resolve(settings.config ?? path.join(settings.data, "penstock.json"));
  const config = await readConfig(file, { calendar: cronCalendar, boards });
  const { lines, devices, sensors } = resolveConfig(config, boards.get(config.board ?? defaultBoardName), pathsIn(path.dirname(file)));
  return `${file} is sound: ${lines.length} lines, ${devices.length} devices, ${sensors.length} sensors`;
}

/** The uplink to the gateway that runs this board; an uplink of the configuration goes before it. Where its own broker listens is known only later. */
async function ownGateway({ ownGateway: file }: Settings, { uplink }: PenstockConfig): Promise<UplinkConfig | undefined> {
  if (file === undefined) return undefined;
  if (uplink === undefined) return { url: "mqtt://127.0.0.1", ...(await readOwnGateway(path.resolve(file))) };
  log.warn({ url: uplink.url }, "the configuration has an uplink of its own: the gateway that runs this board gets nothing of it");
  return undefined;
}

/** Node keeps compiled code when a process ends in order; a board whose power is cut never does. It holds everything up for a moment: once only. */
function keepCompiledCode(): void {
  const directory = getCompileCacheDir?.();
  if (directory === undefined || readdirSync(directory).length > 0) return;
  setTimeout(() => flushCompileCache?.(), cacheAfter).unref();
}

/** Waits for the first signal to end. */
const ended = new Promise<string>((resolve) => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => resolve(signal));
});

/** A fault that nobody foresaw leaves the process in an unknown state: it ends, and its supervisor starts it again. */
process.on("uncaughtException", (error) => {
  log.error({ err: error }, "an unforeseen fault; the board ends and is to be started again");
  process.exit(70);
});

async function main(): Promise<number> {
  try {
    const settings = readSettings(process.argv.slice(2), process.env);
    if (settings.help || settings.version) {
      console.log(settings.help ? helpText() : manifest.version);
      return 0;
    }
    if (settings.check) {
      console.log(await soundConfig(settings));
      return 0;
    }
    const ready = new ReadyFile(path.resolve(settings.data), log);
    const board = await start(settings, ready);
    process.on("SIGHUP", () => void board.reload());
    const signal = await ended;
    log.info({ signal }, "the board ends");
    setTimeout(() => {
      log.error({}, "closing takes too long; the board ends without waiting");
      process.exit(1);
    }, closeTime).unref();
    await ready.clear();
    await board.close();
    return 0;
  } catch (error) {
    console.error(error instanceof EdgeError ? `penstock: ${error.message}` : error);
    return 1;
  }
}

void main().then((code) => process.exit(code));
