import { access } from "node:fs/promises";
import path from "node:path";
import type { Clock } from "../shared/base/clock.ts";
import type { Log } from "../shared/base/log.ts";
import type { MetricSource } from "../shared/base/metric.ts";
import type { StopSignal } from "../shared/base/stop-signal.ts";
import { ConfigMissing } from "../shared/console/config-errors.ts";
import type { Settings } from "../shared/console/settings.ts";
import { ensureDefaultConfig } from "./acquisition/default-config.ts";
import type { PumpStationSimulator } from "./acquisition/simulator/modbus-simulator.ts";
import { composeApi } from "./compose-api.ts";
import { composeBoards } from "./compose-boards.ts";
import { composeResources } from "./compose-resources.ts";
import { AccessRoom } from "./console/access/access-room.ts";
import type { Running } from "./console/where-to-look.ts";
import { boardFlags } from "./platform/board-flags.ts";
import { BoardLog } from "./platform/board-log.ts";
import { BoardPid } from "./platform/board-pid.ts";
import { BoardProcess, type BoardStanding } from "./platform/board-process.ts";
import { CelEngine } from "./platform/cel/cel-engine.ts";
import { prepareDataDirectory } from "./platform/data-directory.ts";
import { MemoryLists } from "./platform/lists/memory-lists.ts";
import { LevelGatewayStore } from "./twin/store/level-gateway-store.ts";
import { storeDirectory } from "./twin/store/store-directory.ts";

const loopback = "127.0.0.1";
/** The same station every time: what somebody saw, another can see. */
const stationSeed = 20_240_501;
/** An own board that fails again and again is told of so seldom, ms. */
const quiet = 600_000;

export interface GatewayParts {
  readonly settings: Settings;
  readonly version: string;
  /** Main module of the board. */
  readonly boardScript: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  /** Shows a line to whoever started the gateway. */
  readonly show: (line: string) => void;
  /** Kills the board at once when it fires. */
  readonly kill: StopSignal;
}

/** A running gateway: store, coordinator, API and console, the simulated pump station, where wanted, and a supervised board. */
export interface Gateway extends AsyncDisposable {
  readonly running: Running;
  close(): Promise<void>;
}

/**
 * Starts everything, in order; what was started is closed again when a later part fails.
 * @throws {DataDirectoryUnwritable} {StoreLocked} {StoreNewer} {PortTaken} {ListenRefused} {HttpExposed} {ConfigMissing} {BoardStartFailed} {Stopped}
 */
export async function composeGateway(parts: GatewayParts, stop: StopSignal): Promise<Gateway> {
  const data = path.resolve(parts.settings.data);
  await prepareDataDirectory(data);
  const opened = new AsyncDisposableStack();
  try {
    const running = await open(parts, data, opened, stop);
    const all = opened.move();
    const close = (): Promise<void> => all.disposeAsync();
    return { running, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

async function open(parts: GatewayParts, data: string, opened: AsyncDisposableStack, stop: StopSignal): Promise<Running> {
  const { settings, version, clock, log, random } = parts;
  const simulator = settings.simulator ? opened.use(await openStation(settings, clock, log)) : undefined;
  const config = await findConfig(settings, data, simulator, log);
  const store = opened.use(await LevelGatewayStore.open({ directory: storeDirectory(data), clock, log }));
  const cel = new CelEngine();
  const lists = new MemoryLists(cel);
  const room = opened.use(
    await AccessRoom.open({
      store,
      clock,
      log,
      directory: data,
      lists,
      compileSelector: (selector) => cel.compile(selector, { what: "selector" }),
    }),
  );
  let board: BoardProcess | undefined;
  const boards = await composeBoards(
    {
      store,
      access: room.access,
      refusals: room.audit,
      data,
      config,
      broker: () =>
        board?.standing.state === "running" ? board.ready?.addresses.find((address) => address.startsWith("mqtt://")) : undefined,
      reload: () => board?.reload(),
      clock,
      log,
      random,
    },
    opened,
  );
  const resources = await composeResources({ store, room, boards, cel, clock, log, random }, opened);
  const sources: MetricSource[] = [store, room, ...boards.sources, ...resources.sources];
  const standing = (): BoardStanding | undefined => board?.standing;
  const api = await composeApi(
    { settings, data, version, store, room, lists, resources: resources.resources, boards, standing, sources, clock, log },
    opened,
  );
  const boardLog = path.join(data, "board.log");
  board = opened.use(await openBoard(parts, { data, config, boardLog, ownGateway: boards.ownGateway }, opened, stop));
  sources.push(board);
  tellFailures(board, store, parts);
  const { path: tokenFile, token } = await room.firstStart();
  return {
    version,
    ...(simulator !== undefined && { simulator: `${simulator.host}:${simulator.port}` }),
    console: api.address,
    ...(token !== undefined && { firstStart: { file: tokenFile, token } }),
    addresses: board.ready?.addresses ?? [],
    health: board.ready?.health ?? "",
    data,
    folder: process.cwd(),
    config,
    boardLog,
  };
}

/** Only who wants the simulated pump station pays for its Modbus server. */
async function openStation({ simulatorPort }: Settings, clock: Clock, log: Log): Promise<PumpStationSimulator> {
  const { PumpStationSimulator: Station } = await import("./acquisition/simulator/modbus-simulator.ts");
  return Station.open({ host: loopback, port: simulatorPort, clock, log, seed: stationSeed });
}

interface BoardPlace {
  readonly data: string;
  readonly config: string;
  readonly boardLog: string;
  readonly ownGateway: string;
}

async function openBoard(parts: GatewayParts, place: BoardPlace, opened: AsyncDisposableStack, stop: StopSignal): Promise<BoardProcess> {
  const { settings, clock, log, random, boardScript, kill, show } = parts;
  const { data, config, boardLog, ownGateway } = place;
  const output = new BoardLog({ file: boardLog, clock, show });
  opened.defer(() => output.close());
  const port = (flag: string, value: number | undefined): string[] => (value === undefined ? [] : [flag, String(value)]);
  const ports = [...port("--mqtt-port", settings.mqttPort), ...port("--health-port", settings.healthPort)];
  return BoardProcess.open(
    {
      script: boardScript,
      flags: await boardFlags(config, new URL("../boards/", import.meta.url)),
      args: ["--data", data, "--config", config, ...ports, "--own-gateway", ownGateway],
      output: output.output,
      logFile: boardLog,
      pid: new BoardPid(data),
      clock,
      log,
      random,
      kill,
    },
    stop,
  );
}

/** A failed own board is an event, so that somebody who does not look at the terminal learns of it. */
function tellFailures(board: BoardProcess, store: LevelGatewayStore, { clock, log }: GatewayParts): void {
  let told = Number.NEGATIVE_INFINITY;
  board.onStanding(({ state, lastEnd = "" }) => {
    if (state !== "failed" || clock.monotonic() < told + quiet) return;
    told = clock.monotonic();
    const text = `the own board ended five times within ten minutes, last with ${lastEnd}; it is started again every minute`;
    const event = { type: "board.process-failed", kind: "node", id: "own-board", severity: "alarm", text } as const;
    store.commit({ actor: "system", events: [event] }).catch((error: unknown) => log.error({ err: error }, "an event cannot be kept"));
  });
}

/** The configuration that the board shall read. Without one of the user's, the default is written next to the data, to be seen and edited. */
async function findConfig(settings: Settings, data: string, simulator: PumpStationSimulator | undefined, log: Log): Promise<string> {
  if (settings.config !== undefined) return path.resolve(settings.config);
  const file = path.join(data, "penstock.json");
  if (simulator === undefined) {
    await access(file).catch((cause: unknown) => {
      throw new ConfigMissing(file, "without simulator there is nothing to poll by default; name a configuration with --config FILE", {
        cause,
      });
    });
    return file;
  }
  if ((await ensureDefaultConfig(file, simulator)) === "other-port") {
    log.warn({ config: file, simulatorPort: simulator.port }, "the configuration names no line on the port of the simulated pump station");
  }
  return file;
}
