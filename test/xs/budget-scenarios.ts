import { replyData, replyDataLength } from "../../shared/acquisition/modbus/reply-data.ts";
import { decodeRtu, encodeRtu } from "../../shared/acquisition/modbus/rtu-frame.ts";
import type { ValueLayout } from "../../shared/acquisition/point-config.ts";
import { PointTracker } from "../../shared/acquisition/point-tracker.ts";
import { type PolledValue, type PollRead, planPoll } from "../../shared/acquisition/reads/poll-plan.ts";
import { tcpReadCost } from "../../shared/acquisition/reads/read-cost.ts";
import { ReportFilter } from "../../shared/acquisition/report-filter.ts";
import type { Sample } from "../../shared/acquisition/sample.ts";
import { Scheduler } from "../../shared/acquisition/tasks/scheduler.ts";
import { compileValue, type ValueCodec } from "../../shared/acquisition/values/value-codec.ts";
import { instant, type Millis, millis } from "../../shared/base/units.ts";
import { encodeUtf8 } from "../../shared/base/utf8.ts";
import { decodeCbor } from "../../shared/broker/cbor-decode.ts";
import { CborEncoder } from "../../shared/broker/cbor-encode.ts";
import type { CborValue } from "../../shared/broker/cbor-value.ts";
import { buildSamplePayload, parseSetRequest } from "../../shared/broker/payloads.ts";
import { buildTopic, parseTopic } from "../../shared/broker/topic.ts";

/** What the leaf does all day, in the portable core alone: runs in XS, where its cost is measured. */

/** Ten values of a small device: plain and scaled registers, two floats, a counter, all in one read. */
const layouts: readonly ValueLayout[] = [
  ...[0, 1, 2, 3].map((address) => ({ area: "holding" as const, address, type: "uint16" as const })),
  ...[4, 5, 6].map((address) => ({ area: "holding" as const, address, type: "int16" as const, scale: 0.1 })),
  ...[8, 10].map((address) => ({ area: "holding" as const, address, type: "float32" as const, order: "CDAB" as const })),
  { area: "holding", address: 12, type: "uint32" },
];

interface Point extends PolledValue {
  readonly codec: ValueCodec;
  readonly tracker: PointTracker;
  readonly filter: ReportFilter;
}

interface Device {
  readonly unit: number;
  readonly reads: readonly PollRead<Point>[];
  /** What the device answers, ready on the line. */
  readonly replies: readonly Uint8Array[];
}

const every = millis(100);
const start = instant(1_700_000_000_000);
const limits = { registers: 125, bits: 2000, bridge: true };
const report = { mode: "always", absolute: 0, percent: 0, heartbeat: undefined } as const;

/** Points of one layout share its codec, wherever they lie: a codec is a dozen closures, a kilobyte on a microcontroller. */
function codecOf(layout: ValueLayout, codecs: Map<string, ValueCodec>): ValueCodec {
  const key = JSON.stringify({ ...layout, address: 0 });
  const codec = codecs.get(key) ?? compileValue(layout);
  codecs.set(key, codec);
  return codec;
}

function makeDevice(unit: number, codecs: Map<string, ValueCodec>): Device {
  const points = layouts.map((layout, index): Point => {
    const codec = codecOf(layout, codecs);
    const tracker = new PointTracker(`device-${unit}`, `value-${index}`, start);
    return { area: layout.area, address: layout.address, span: codec.span, codec, tracker, filter: new ReportFilter(report) };
  });
  const reads = planPoll(points, limits, tcpReadCost);
  const replies = reads.map(({ request }) => {
    const pdu = new Uint8Array(2 + replyDataLength(request)).fill(0x41);
    pdu[0] = request.function;
    pdu[1] = pdu.length - 2;
    return encodeRtu(unit, pdu);
  });
  return { unit, reads, replies };
}

/** Devices that are polled ten times a second over RTU. */
export class PollWorkload {
  readonly #scheduler: Scheduler;
  readonly #devices = new Map<number, Device>();
  #now = 0;
  polls = 0;
  samples = 0;
  last: Sample | undefined;

  constructor(devices: number) {
    this.#scheduler = new Scheduler(devices);
    const codecs = new Map<string, ValueCodec>();
    for (let unit = 1; unit <= devices; unit++) {
      const timing = { kind: "periodic", every, epoch: millis(unit) } as const;
      this.#devices.set(this.#scheduler.add({ timing, priority: 5, deadline: every }, millis(0)), makeDevice(unit, codecs));
    }
  }

  /** Lets one period pass: each device is polled once. */
  tick(): void {
    this.#now += every;
    for (;;) {
      const due = this.#scheduler.take(millis(this.#now));
      if (due === undefined) return;
      const device = this.#devices.get(due.id);
      if (device !== undefined) this.#poll(device, millis(this.#now));
      this.#scheduler.finish(due.id, millis(this.#now));
      this.#scheduler.nextDue(millis(this.#now));
    }
  }

  #poll({ unit, reads, replies }: Device, now: Millis): void {
    const at = instant(start + now);
    for (let index = 0; index < reads.length; index++) {
      const read = reads[index];
      const frame = replies[index];
      if (read === undefined || frame === undefined || encodeRtu(unit, read.pdu).length !== 8) throw new Error("no read to poll");
      const reply = decodeRtu(frame);
      const base = replyData(read.request, reply);
      for (let place = 0; place < read.values.length; place++) {
        const point = read.values[place];
        if (point === undefined) continue;
        const sample = point.tracker.measured(point.codec.decode(reply, base + (read.offsets[place] ?? 0)), at);
        if (!point.filter.passes(sample, now)) continue;
        this.samples++;
        this.last = sample;
      }
    }
    this.polls++;
  }
}

const sample: Sample = { thing: "device-1", feature: "value-1", value: 21.5, quality: "good", source: start, received: start };
const batch: CborValue = Array.from({ length: 10 }, (_, index) => ({ f: `value-${index}`, q: 0, t: start + index, v: 21.5 + index / 7 }));
const encoder = new CborEncoder(1024);
const encodedBatch = encoder.encode(batch);
const setRequest = encodeUtf8('{"value":21.5,"correlation":"42","responseTopic":"app/replies"}');
const deepest = Uint8Array.from([...new Array<number>(15).fill(0x81), 0x80]);
const deepValue = decodeCbor(deepest);
const hostile = Uint8Array.from(new Array<number>(200).fill(0x81));
const hostileJson = encodeUtf8("[".repeat(200));

function swallow(work: () => unknown): void {
  try {
    work();
  } catch {
    // It is the way there that costs.
  }
}

let one: PollWorkload | undefined;

/** Pieces of work whose compute and stack are gated, by the name they have in budgets.json. */
export const scenarios: Readonly<Record<string, () => unknown>> = {
  nothing: () => undefined,
  "poll of ten values": () => {
    one ??= new PollWorkload(1);
    return one.tick();
  },
  "topic and JSON payload of a sample": () => [buildTopic({ kind: "data", ...sample }), buildSamplePayload(sample, "Cel")],
  "ten samples to CBOR": () => encoder.encode(batch),
  "ten samples from CBOR": () => decodeCbor(encodedBatch),
  "topic of a set request parsed": () => parseTopic("penstock/v1/device-1/twin/value-1/set"),
  "set request parsed": () => parseSetRequest(setRequest),
};

/** More work whose stack is gated: the deepest messages that are taken, and some that are too deep. */
export const deepScenarios: Readonly<Record<string, () => unknown>> = {
  "sixteen arrays to CBOR": () => encoder.encode(deepValue),
  "sixteen arrays from CBOR": () => decodeCbor(deepest),
  "two hundred arrays from CBOR": () => swallow(() => decodeCbor(hostile)),
  "two hundred arrays of JSON": () => parseSetRequest(hostileJson),
};

/** Runs a scenario `rounds` times. */
export function run(name: string, rounds: number): void {
  const work = scenarios[name] ?? deepScenarios[name];
  if (work === undefined) throw new Error(`no scenario "${name}"`);
  for (let round = 0; round < rounds; round++) work();
}

const workloads = new Map<number, PollWorkload>();

/** So many devices of ten values each: lets so many periods pass and gives the polls so far. */
export function advance(devices: number, ticks: number): number {
  const workload = workloads.get(devices) ?? new PollWorkload(devices);
  workloads.set(devices, workload);
  for (let tick = 0; tick < ticks; tick++) workload.tick();
  return workload.polls;
}
