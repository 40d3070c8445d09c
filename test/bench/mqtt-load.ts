import { connect, type Socket } from "node:net";

/** What is measured: messages from some publishers to some subscribers on one topic. */
export interface LoadPlan {
  readonly port: number;
  readonly publishers: number;
  readonly subscribers: number;
  readonly qos: 0 | 1;
  readonly payloadBytes: number;
  readonly warmup: number;
  /** How long is counted, ms. */
  readonly span: number;
}

const topic = "bench/load/topic";
/** QoS 0: messages the publisher may be ahead of its subscribers. Well within what a broker buffers, so nothing is lost. */
const aheadMessages = 1000;
/** QoS 1: messages without PUBACK per publisher. */
const unacknowledged = 20;
const burst = 100;

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes]);
}

function packet(first: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  let rest = body.length;
  do {
    length.push((rest & 0x7f) | (rest > 127 ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return Buffer.concat([Buffer.of(first, ...length), body]);
}

export const connectPacket = (id: string): Buffer => packet(0x10, text("MQTT"), Buffer.of(4, 2, 0, 120), text(id));
export const subscribePacket = (filter: string, qos: number): Buffer => packet(0x82, Buffer.of(0, 1), text(filter), Buffer.of(qos));
export const publishPacket = (name: string, payload: Buffer, qos: number, id = 1): Buffer =>
  packet(0x30 | (qos << 1), text(name), qos === 0 ? Buffer.alloc(0) : Buffer.of(id >> 8, id & 0xff), payload);

/** Counts packets of one type in a stream of bytes by their lengths; says where the packet id of each QoS 1 PUBLISH lies. */
export class PacketCounter {
  readonly #type: number;
  readonly #onId: ((id: number) => void) | undefined;
  #rest: Buffer = Buffer.alloc(0);
  #skip = 0;
  count = 0;

  constructor(type: number, onId?: (id: number) => void) {
    this.#type = type;
    this.#onId = onId;
  }

  add(chunk: Buffer): void {
    let bytes = chunk;
    if (this.#rest.length > 0) {
      bytes = Buffer.concat([this.#rest, chunk]);
      this.#rest = Buffer.alloc(0);
    }
    let at = 0;
    if (this.#skip > 0) {
      at = Math.min(this.#skip, bytes.length);
      this.#skip -= at;
    }
    while (at < bytes.length) {
      let head = at + 1;
      let length = 0;
      let scale = 1;
      let byte = 0x80;
      while (byte >= 0x80 && head < bytes.length) {
        byte = bytes[head++] ?? 0;
        length += (byte & 0x7f) * scale;
        scale *= 128;
      }
      const next = head + length;
      const whole = byte < 0x80 && (this.#onId === undefined || next <= bytes.length);
      if (!whole) {
        this.#rest = bytes.subarray(at);
        return;
      }
      const first = bytes[at] ?? 0;
      if (first >> 4 === this.#type) {
        this.count++;
        if (this.#onId !== undefined && (first & 2) !== 0) this.#onId(bytes.readUInt16BE(head + 2 + bytes.readUInt16BE(head)));
      }
      if (next > bytes.length) this.#skip = next - bytes.length;
      at = next;
    }
  }
}

/** Opens a connection, logs in, and waits for the answers to what else is sent. */
export function open(port: number, id: string, then: Buffer, answers: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let received = 0;
    socket.on("error", reject);
    socket.on("connect", () => socket.write(Buffer.concat([connectPacket(id), then])));
    const onData = (chunk: Buffer): void => {
      received += chunk.length;
      if (received < answers) return;
      socket.off("data", onData);
      resolve(socket);
    };
    socket.on("data", onData);
  });
}

const after = (span: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, span));

/** Runs a plan and gives the messages per second that reached subscribers. @throws {Error} when messages were lost */
export async function measureLoad(plan: LoadPlan): Promise<number> {
  const payload = Buffer.alloc(plan.payloadBytes, 0x61);
  const counters: PacketCounter[] = [];
  const sockets: Socket[] = [];
  let pump = (): void => undefined;
  for (let index = 0; index < plan.subscribers; index++) {
    const socket = await open(plan.port, `sub${index}`, subscribePacket(topic, plan.qos), 9);
    let acks: number[] = [];
    const counter = new PacketCounter(3, plan.qos === 0 ? undefined : (id) => acks.push(0x40, 2, id >> 8, id & 0xff));
    socket.on("data", (chunk: Buffer) => {
      counter.add(chunk);
      if (acks.length > 0) socket.write(Buffer.from(acks));
      acks = [];
      pump();
    });
    counters.push(counter);
    sockets.push(socket);
  }
  const received = (): number => counters.reduce((sum, counter) => sum + counter.count, 0);
  let sent = 0;
  let running = true;
  if (plan.qos === 0) {
    const many = Buffer.concat(Array.from({ length: burst }, () => publishPacket(topic, payload, 0)));
    const publisher = await open(plan.port, "pub", Buffer.alloc(0), 4);
    sockets.push(publisher);
    pump = () => {
      while (running && sent - received() / plan.subscribers <= aheadMessages - burst && !publisher.writableNeedDrain) {
        publisher.write(many);
        sent += burst;
      }
    };
    publisher.on("drain", () => pump());
  } else {
    for (let index = 0; index < plan.publishers; index++) {
      const publisher = await open(plan.port, `pub${index}`, Buffer.alloc(0), 4);
      const packets = Array.from({ length: unacknowledged }, (_, id) => publishPacket(topic, payload, 1, id + 1));
      const acknowledged = new PacketCounter(4);
      publisher.on("data", (chunk: Buffer) => {
        const before = acknowledged.count;
        acknowledged.add(chunk);
        if (!running) return;
        const fresh = acknowledged.count - before;
        sent += fresh;
        // Acknowledgements come in the order of the messages, so the ids come round.
        publisher.write(Buffer.concat(Array.from({ length: fresh }, (_, at) => packets[(before + at) % unacknowledged] ?? payload)));
      });
      sockets.push(publisher);
      sent += unacknowledged;
      publisher.write(Buffer.concat(packets));
    }
  }
  pump();
  await after(plan.warmup);
  const start = performance.now();
  const before = received();
  await after(plan.span);
  const rate = ((received() - before) * 1000) / (performance.now() - start);
  running = false;
  for (let wait = 0; wait < 50 && received() < sent * plan.subscribers; wait++) await after(20);
  const lost = sent * plan.subscribers - received();
  for (const socket of sockets) socket.destroy();
  if (lost > 0) throw new Error(`${lost} of ${sent * plan.subscribers} messages were lost`);
  return rate;
}
