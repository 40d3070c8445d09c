import { access } from "node:fs/promises";
import path from "node:path";
import type { Clock } from "../shared/base/clock.ts";
import type { Log } from "../shared/base/log.ts";
import type { StopSignal } from "../shared/base/stop-signal.ts";
import { ConfigMissing } from "../shared/console/config-errors.ts";
import type { Settings } from "../shared/console/settings.ts";
import { ensureDefaultConfig } from "./acquisition/default-config.ts";
import { PumpStationSimulator } from "./acquisition/simulator/modbus-simulator.ts";
import type { Running } from "./console/where-to-look.ts";
import { boardFlags } from "./platform/board-flags.ts";
import { BoardLog } from "./platform/board-log.ts";
import { BoardPid } from "./platform/board-pid.ts";
import { BoardProcess } from "./platform/board-process.ts";
import { prepareDataDirectory } from "./platform/data-directory.ts";

const loopback = "127.0.0.1";
/** The same station every time: what somebody saw, another can see. */
const stationSeed = 20_240_501;

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

/** A running gateway: the simulated pump station, where wanted, and a supervised board. */
export interface Gateway extends AsyncDisposable {
  readonly running: Running;
  close(): Promise<void>;
}

/**
 * Starts everything, in order; what was started is closed again when a later part fails.
 * @throws {DataDirectoryUnwritable} {PortTaken} {ListenRefused} {ConfigMissing} {BoardStartFailed} {Stopped}
 */
export async function composeGateway(parts: GatewayParts, stop: StopSignal): Promise<Gateway> {
  const { settings, clock, log } = parts;
  const data = path.resolve(settings.data);
  await prepareDataDirectory(data);
  const opened = new AsyncDisposableStack();
  try {
    const simulator = settings.simulator
      ? opened.use(await PumpStationSimulator.open({ host: loopback, port: settings.simulatorPort, clock, log, seed: stationSeed }))
      : undefined;
    const config = await findConfig(settings, data, simulator, log);
    const boardLog = path.join(data, "board.log");
    const output = new BoardLog({ file: boardLog, clock, show: parts.show });
    opened.defer(() => output.close());
    const board = opened.use(
      await BoardProcess.open(
        {
          script: parts.boardScript,
          flags: await boardFlags(config, new URL("../boards/", import.meta.url)),
          args: boardArguments(settings, data, config),
          output: output.output,
          logFile: boardLog,
          pid: new BoardPid(data),
          clock,
          log,
          random: parts.random,
          kill: parts.kill,
        },
        stop,
      ),
    );
    const running: Running = {
      version: parts.version,
      ...(simulator !== undefined && { simulator: `${simulator.host}:${simulator.port}` }),
      addresses: board.ready?.addresses ?? [],
      health: board.ready?.health ?? "",
      data,
      config,
      boardLog,
    };
    const all = opened.move();
    const close = (): Promise<void> => all.disposeAsync();
    return { running, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

function boardArguments(settings: Settings, data: string, config: string): string[] {
  const port = (flag: string, value: number | undefined): string[] => (value === undefined ? [] : [flag, String(value)]);
  return ["--data", data, "--config", config, ...port("--mqtt-port", settings.mqttPort), ...port("--health-port", settings.healthPort)];
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
