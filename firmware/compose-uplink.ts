import { createHash, randomBytes } from "node:crypto";
import path from "node:path";
import type { SampleSink } from "../shared/acquisition/ports.ts";
import type { Clock } from "../shared/base/clock.ts";
import type { JsonObject } from "../shared/base/json.ts";
import type { Log } from "../shared/base/log.ts";
import type { MetricSource } from "../shared/base/metric.ts";
import type { BoardDescription, DescribedThing } from "../shared/connectors/link/board-description.ts";
import type { CommandExecutor } from "../shared/connectors/ports.ts";
import type { ResolvedUplink } from "../shared/connectors/resolve-uplink.ts";
import type { HealthSource } from "../shared/console/health-part.ts";
import type { ResolvedJournal } from "../shared/pipeline/resolve-journal.ts";
import { openBoardKey } from "./connectors/uplink/board-key-file.ts";
import { LinkMemoryFile } from "./connectors/uplink/link-memory-file.ts";
import { MqttUplink } from "./connectors/uplink/mqtt-uplink.ts";
import { ownAddress } from "./console/own-gateway.ts";
import { UplinkHealth } from "./console/uplink-health.ts";
import { FlashWear } from "./pipeline/flash-wear.ts";
import { NodeLogFs } from "./pipeline/log-fs-node.ts";
import { SampleRecorder } from "./pipeline/sample-recorder.ts";
import { SegmentedJournal } from "./pipeline/segmented-journal.ts";
import type { ClosingStack } from "./platform/closing-stack.ts";

export interface UplinkParts {
  /** Thing id of the board. */
  readonly board: string;
  /** `undefined`: the journal is kept, and nobody is told. */
  readonly uplink: ResolvedUplink | undefined;
  /** Where the board's own broker listens: then the uplink goes there. */
  readonly ownBroker?: readonly string[];
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
  /** Records a state of a thing that is no value of a point. */
  readonly note: (thing: string, feature: string, value: JsonObject) => void;
  /** Opens the uplink, where there is one. */
  link(parts: LinkedParts): Promise<Linked>;
}

export interface LinkedParts {
  readonly executor: CommandExecutor;
  /** What the board has now. */
  readonly things: () => readonly DescribedThing[];
}

export interface Linked {
  readonly sources: readonly MetricSource[];
  readonly health: readonly HealthSource[];
  /** What the board has is another than before. */
  readonly described: () => void;
}

/** Opens the journal: in a file of its own, so that a board without one loads none of it. @throws {StoreLocked} {StoreUnwritable} */
export async function composeJournal(parts: UplinkParts, opened: ClosingStack): Promise<ComposedJournal> {
  const { board, journal: settings, data, version, clock, log, random } = parts;
  const config = parts.ownBroker === undefined ? parts.uplink : ownUplink(parts.uplink, parts.ownBroker, log);
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
    note: (thing, feature, value) => recorder.note(thing, feature, value),
    async link({ executor, things }) {
      if (config === undefined) return { sources: [], health: [], described: () => undefined };
      const memory = new LinkMemoryFile(path.join(data, "link"), log);
      const isKnown = (await memory.load()) !== undefined;
      const signer = await openBoardKey({ file: path.join(data, "board-key.pem"), isKnown, clock, log });
      log.info({ fingerprint: fingerprintOf(signer.publicKey) }, "whoever takes this board in compares its key with this fingerprint");
      let described = describe(things);
      const about = { board, version, signer, description: () => described };
      const link = opened.add(await MqttUplink.open({ config, ...about, journal, memory, executor, clock, log, random }));
      uplink = link;
      return {
        sources: [link],
        health: [new UplinkHealth({ state: () => link.state })],
        described: () => {
          described = describe(things);
          link.described();
        },
      };
    },
  };
}

/** As gateways show it. */
function fingerprintOf(key: Uint8Array): string {
  return `sha256:${createHash("sha256").update(key).digest("hex")}`;
}

/** Named by its content; what it says is put together anew when somebody asks, since that is seldom. */
function describe(things: () => readonly DescribedThing[]): BoardDescription {
  const hash = createHash("sha256").update(JSON.stringify(things())).digest("hex").slice(0, 32);
  return {
    hash,
    get things() {
      return things();
    },
  };
}

/** The uplink to the board's own broker. A board polls on without. */
function ownUplink(uplink: ResolvedUplink | undefined, addresses: readonly string[], log: Log): ResolvedUplink | undefined {
  const url = ownAddress(addresses);
  if (url !== undefined && uplink !== undefined) return { ...uplink, url };
  log.error({ addresses }, "the broker has no listener without TLS on this machine: the gateway gets nothing of this board");
  return undefined;
}
