import { randomBytes } from "node:crypto";
import path from "node:path";
import type { SampleSink } from "../shared/acquisition/ports.ts";
import type { Clock } from "../shared/base/clock.ts";
import type { Log } from "../shared/base/log.ts";
import type { MetricSource } from "../shared/base/metric.ts";
import type { CommandExecutor } from "../shared/connectors/ports.ts";
import type { HealthSource } from "../shared/console/health-part.ts";
import type { ResolvedConfig } from "../shared/console/resolve-config.ts";
import type { ResolvedJournal } from "../shared/pipeline/resolve-journal.ts";
import { LinkMemoryFile } from "./connectors/uplink/link-memory-file.ts";
import { MqttUplink } from "./connectors/uplink/mqtt-uplink.ts";
import { UplinkHealth } from "./console/uplink-health.ts";
import { FlashWear } from "./pipeline/flash-wear.ts";
import { NodeLogFs } from "./pipeline/log-fs-node.ts";
import { SampleRecorder } from "./pipeline/sample-recorder.ts";
import { SegmentedJournal } from "./pipeline/segmented-journal.ts";
import type { ClosingStack } from "./platform/closing-stack.ts";

export interface UplinkParts {
  readonly config: ResolvedConfig;
  readonly journal: ResolvedJournal;
  /** Directory of all stores. */
  readonly data: string;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
}

/** The journal with the recorder before it. What reads it is opened when there is somebody to carry out commands. */
export interface ComposedJournal {
  readonly journal: SegmentedJournal;
  readonly sink: SampleSink;
  readonly sources: readonly MetricSource[];
  /** Opens the uplink, where one is configured. */
  link(executor: CommandExecutor): Promise<{ readonly sources: readonly MetricSource[]; readonly health: readonly HealthSource[] }>;
}

/** Opens the journal: in a file of its own, so that a board without one loads none of it. @throws {StoreLocked} {StoreUnwritable} */
export async function composeJournal(parts: UplinkParts, opened: ClosingStack): Promise<ComposedJournal> {
  const { config, journal: settings, data, version, clock, log, random } = parts;
  const wear = new FlashWear({ clock });
  const directory = path.join(data, "journal");
  const newBootId = (): string => randomBytes(16).toString("hex");
  const journal = opened.add(await SegmentedJournal.open({ fs: new NodeLogFs(wear), directory, settings, clock, log, random, newBootId }));
  let uplink: MqttUplink | undefined;
  const recorder = opened.add(
    new SampleRecorder({
      journal,
      settings,
      clock,
      onRecorded: (stream, { thing, feature, received }, payload) =>
        uplink?.offer({ stream, key: `${thing}/${feature}`, at: journal.last(stream), time: received, payload }),
    }),
  );
  return {
    journal,
    sink: recorder,
    sources: [journal, wear, recorder],
    async link(executor) {
      if (config.uplink === undefined) return { sources: [], health: [] };
      const memory = new LinkMemoryFile(path.join(data, "link"), log);
      const link = opened.add(
        await MqttUplink.open({
          config: config.uplink,
          board: config.id,
          version,
          journal,
          memory,
          executor,
          clock,
          log,
          random,
        }),
      );
      uplink = link;
      return { sources: [link], health: [new UplinkHealth({ state: () => link.state })] };
    },
  };
}
