import path from "node:path";
import type { ModbusLine, SampleSink } from "../shared/acquisition/ports.ts";
import type { Log } from "../shared/base/log.ts";
import type { MetricSource } from "../shared/base/metric.ts";
import type { BrokerConfig } from "../shared/broker/broker-config.ts";
import type { ResolvedConfig } from "../shared/console/resolve-config.ts";
import { type FeatureKey, featureKey } from "../shared/twin/feature-twin.ts";
import type { TwinStore } from "../shared/twin/ports.ts";
import { previousSample } from "../shared/twin/previous-sample.ts";
import { Acquisition } from "./acquisition/acquisition.ts";
import type { DeviceState } from "./acquisition/device-state.ts";
import { LearnedFile } from "./acquisition/learned-file.ts";
import { openModbusLine } from "./acquisition/modbus-line/open-modbus-line.ts";
import { SamplePublisher } from "./acquisition/sample-publisher.ts";
import { StatusView } from "./acquisition/status-view.ts";
import { NodeTaskRunner } from "./acquisition/tasks/task-runner.ts";
import { AedesBroker } from "./broker/aedes-broker.ts";
import { composeSettings } from "./compose-settings.ts";
import { composeWatchdog } from "./compose-watchdog.ts";
import { BoardHealth, type StoreHealth } from "./console/board-health.ts";
import { HealthServer } from "./console/health-server.ts";
import { MetricsRegistry } from "./console/metrics-registry.ts";
import { type Board, BoardOnDisk } from "./platform/board-on-disk.ts";
import { NodeClock } from "./platform/clock-node.ts";
import { ClosingStack } from "./platform/closing-stack.ts";
import { TwinCommandExecutor } from "./twin/command-executor.ts";
import { DesiredReconciler } from "./twin/desired-reconciler.ts";
import { SetHandler } from "./twin/set-handler.ts";
import { TwinPublisher } from "./twin/twin-publisher.ts";
import { LevelTwinStore } from "./twin/twin-store-level.ts";
import { RefusingTwinStore } from "./twin/twin-store-refusing.ts";
import { TwinView } from "./twin/twin-view.ts";

export interface BoardParts {
  readonly config: ResolvedConfig;
  /** The broker's part of the configuration, its paths absolute. */
  readonly broker: BrokerConfig;
  /** Directory of all stores. */
  readonly data: string;
  /** The uplink goes to the board's own broker, wherever that listens. */
  readonly ownGateway?: boolean;
  readonly healthPort: number;
  /** Shown by `/health`. */
  readonly version: string;
  /** Told when the board serves. */
  readonly onServing?: (board: Pick<Board, "addresses" | "health">) => Promise<void>;
  readonly log: Log;
}

export type { Board } from "./platform/board-on-disk.ts";

/** Polls mostly wait for their devices: many at once cost little, and silent devices must not take the places of others. */
const pollsAtOnce = 4096;

/**
 * Builds a board from its parts and starts it, on a full disk too. When something cannot be opened, what was opened before is closed again.
 * @throws {PortTaken} {ListenRefused} {BrokerExposed} {AccountsRefused} {StoreLocked} {StoreUnwritable} {StoreNewer}
 */
export function composeBoard(parts: BoardParts): Promise<Board> {
  const { data, log, onServing } = parts;
  const compose = (refusal?: Error): Promise<Board> => composeOnce(parts, refusal);
  return BoardOnDisk.open({ directory: data, compose, onServing, clock: new NodeClock(), log });
}

async function composeOnce(parts: BoardParts, refusal: Error | undefined): Promise<Board> {
  const opened = new ClosingStack();
  try {
    return await open(parts, opened, refusal);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** @param refusal why there are no stores; `undefined`: there are */
async function open(
  { config, broker: brokerConfig, data, ownGateway = false, healthPort, version, log }: BoardParts,
  opened: ClosingStack,
  refusal: Error | undefined,
): Promise<Board> {
  const clock = new NodeClock();
  const random = Math.random;

  const learned = opened.add(
    await LearnedFile.open({
      file: path.join(data, "learned.json"),
      things: new Set(config.devices.map(({ thing }) => thing)),
      lines: new Set(config.lines.map(({ id }) => id)),
      clock,
      log,
    }),
  );
  // Connections to the devices take their time: they begin first.
  const lines = new Map<string, ModbusLine>();
  for (const line of config.lines) lines.set(line.id, opened.add(openModbusLine(line, { learned, clock, log, random })));

  const store = opened.add(
    refusal === undefined
      ? await LevelTwinStore.open({ ...config.twin, directory: path.join(data, "twin"), clock, log })
      : new RefusingTwinStore({ ...config.twin, refusal, clock, log }),
  );
  const units = unitsOf(config);
  const twins = new TwinView({ store, units });
  const settings = await composeSettings({ config, data, clock, log });
  const statuses = new StatusView();
  statuses.set({ thing: config.id, online: true, since: clock.wall(), reason: "" });
  const broker = opened.add(
    await AedesBroker.open({
      config: brokerConfig,
      directory: path.join(data, "broker"),
      ...(refusal !== undefined && { storeRefusal: refusal }),
      retainedViews: [settings.view, twins, statuses],
      clock,
      log,
      random,
    }),
  );
  opened.add(new TwinPublisher({ store, view: twins, broker, log }));

  const recorded =
    config.journal === undefined || refusal !== undefined
      ? undefined
      : await (await import("./compose-uplink.ts")).composeJournal(
          {
            board: config.id,
            uplink: config.uplink,
            ...(ownGateway && { ownBroker: broker.addresses }),
            journal: config.journal,
            data,
            version,
            clock,
            log,
            random,
          },
          opened,
        );
  const sinks: SampleSink[] = [new SamplePublisher({ broker, unitOf: (thing, feature) => units.get(featureKey(thing, feature)), log })];
  if (recorded !== undefined) sinks.push(recorded.sink);
  const runner = opened.add(new NodeTaskRunner({ clock, log, concurrency: pollsAtOnce }));
  const polled = {
    schedules: config.schedules,
    runner,
    sink: sinkOf(store, sinks, log),
    previous: (thing: string, feature: string) => previousSample(store.get(featureKey(thing, feature))?.reported),
    polling: settings.polling,
    onDevice: ({ device, online, since, reason }: DeviceState) => statuses.set({ thing: device.thing, online, since, reason }, broker, log),
    clock,
    log,
    random,
  };
  const acquisition = opened.add(new Acquisition({ ...polled, devices: config.devices, lines, settings: config.lines, learned }));
  const sensing =
    config.sensors.length === 0 ? undefined : (await import("./compose-sensors.ts")).composeSensors({ ...polled, config }, opened);
  const devices = [...acquisition.states, ...(sensing?.sensors.states ?? [])];
  for (const { device, online, since, reason } of devices) statuses.set({ thing: device.thing, online, since, reason });

  const reconciler = opened.add(new DesiredReconciler({ store, actuator: acquisition.actuator, clock, log, random }));
  new SetHandler({ broker, reconciler, log });
  reconciler.resume();
  const uplink = await recorded?.link({ executor: settings.executor(new TwinCommandExecutor(reconciler)), things: settings.things });
  settings.follow({
    adjust(thing, polling) {
      acquisition.adjust(thing, polling);
      sensing?.sensors.adjust(thing, polling);
    },
    broker,
    note: recorded?.note,
    described: uplink?.described,
  });

  const northbound =
    config.modbusServer === undefined
      ? undefined
      : opened.add(
          await (await import("./connectors/modbus-server/modbus-server.ts")).ModbusServer.open({
            config: config.modbusServer,
            identity: { product: config.board, version, board: config.id },
            reported: (thing, feature) => store.get(featureKey(thing, feature))?.reported,
            actuator: acquisition.actuator,
            intents: reconciler,
            clock,
            log,
          }),
        );
  if (northbound !== undefined) sinks.push(northbound);

  const { probe, systemd, hardware } = await composeWatchdog({ config, runner, broker, store, clock, log }, opened);
  const stores: StoreHealth[] = [healthOf("twin", store), healthOf("broker", broker)];
  if (config.journal !== undefined) stores.push(healthOf("journal", recorded?.journal ?? { recovery: "clean", writable: false }));
  const sources: MetricSource[] = [...lines.values(), store, broker, runner, acquisition, learned, reconciler, probe, systemd];
  const buses = [...(sensing?.buses.values() ?? [])];
  sources.push(...buses, ...(recorded?.sources ?? []), ...(uplink?.sources ?? []));
  for (const part of [sensing?.sensors, northbound, hardware]) if (part !== undefined) sources.push(part);
  const health = opened.add(
    await HealthServer.open({
      host: config.health.host,
      port: healthPort,
      registry: new MetricsRegistry(sources),
      sources: [
        new BoardHealth({ lines: [...lines.values()], buses, devices, stores }),
        probe,
        systemd,
        ...(hardware === undefined ? [] : [hardware]),
        ...(uplink?.health ?? []),
      ],
      about: { id: config.id, board: config.board, version },
      log,
    }),
  );
  const addresses = [...broker.addresses, ...(northbound === undefined ? [] : [northbound.address])];
  systemd.ready(`serves ${addresses.join(" ")}`, probe.alive);
  return {
    addresses,
    health: health.address,
    reload: () => reload(broker, log),
    close() {
      systemd.stopping();
      return opened.close();
    },
  };
}

/** A store that was opened anew while the board ran may have lost something only then. */
function healthOf(name: string, store: { readonly recovery: StoreHealth["recovery"]; readonly writable: boolean }): StoreHealth {
  return {
    name,
    get recovery() {
      return store.recovery;
    },
    writable: () => store.writable,
  };
}

async function reload(broker: AedesBroker, log: Log): Promise<void> {
  try {
    await broker.reload();
    log.info({}, "the accounts were read again");
  } catch (error) {
    log.error({ err: error }, "the accounts are as they were: the file is not in order");
  }
}

function unitsOf(config: ResolvedConfig): ReadonlyMap<FeatureKey, string> {
  const units = new Map<FeatureKey, string>();
  for (const device of [...config.devices, ...config.sensors])
    for (const { id, unit } of device.points) if (unit !== undefined) units.set(featureKey(device.thing, id), unit);
  return units;
}

/** Samples go to the twin first, then to whoever else takes them. A twin that cannot take one more feature must not stop the poll: it is counted there. */
function sinkOf(store: Pick<TwinStore, "report">, sinks: readonly SampleSink[], log: Log): SampleSink {
  let refused = false;
  return {
    accept(batch) {
      for (const sample of batch) {
        try {
          store.report(sample);
        } catch (error) {
          if (!refused)
            log.error(
              { thing: sample.thing, feature: sample.feature, error: String(error) },
              "a sample cannot be kept in the twin; further ones are only counted",
            );
          refused = true;
        }
      }
      for (const sink of sinks) sink.accept(batch);
    },
  };
}
