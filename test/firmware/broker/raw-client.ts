import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { ExecutionContext } from "ava";

/** A length-prefixed text. MQTT 3.1.1 §1.5.3. */
export function field(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes]);
}

/** A packet from its first byte and the parts of its body. MQTT 3.1.1 §2.2. */
export function packet(first: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  let rest = body.length;
  do {
    length.push((rest & 0x7f) | (rest > 127 ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return Buffer.concat([Buffer.of(first, ...length), body]);
}

export interface ConnectOptions {
  readonly id?: string;
  readonly clean?: boolean;
  readonly keepalive?: number;
  readonly level?: number;
  readonly name?: string;
  readonly user?: string;
  readonly password?: string;
  readonly will?: { readonly topic: string; readonly payload: string; readonly qos?: number; readonly retain?: boolean };
}

export function connectPacket({
  id = "raw",
  clean = true,
  keepalive = 60,
  level = 4,
  name = "MQTT",
  user,
  password,
  will,
}: ConnectOptions = {}): Buffer {
  const flags =
    (clean ? 2 : 0) |
    (will === undefined ? 0 : 4 | ((will.qos ?? 0) << 3) | (will.retain === true ? 32 : 0)) |
    (password === undefined ? 0 : 64) |
    (user === undefined ? 0 : 128);
  const rest = [
    id,
    ...(will === undefined ? [] : [will.topic, will.payload]),
    ...(user === undefined ? [] : [user]),
    ...(password === undefined ? [] : [password]),
  ];
  return packet(0x10, field(name), Buffer.of(level, flags, keepalive >> 8, keepalive & 0xff), ...rest.map(field));
}

const idBytes = (id: number): Buffer => Buffer.of(id >> 8, id & 0xff);
export const publishPacket = (topic: string, payload: string | Uint8Array, qos = 0, id = 1, retain = false): Buffer =>
  packet(0x30 | (qos << 1) | (retain ? 1 : 0), field(topic), qos === 0 ? Buffer.alloc(0) : idBytes(id), Buffer.from(payload));
export const subscribePacket = (filter: string, qos = 0, id = 1): Buffer => packet(0x82, idBytes(id), field(filter), Buffer.of(qos));
export const ackPacket = (first: number, id: number): Buffer => packet(first, idBytes(id));

/** A client that sends bytes as they are and waits for bytes. */
export class RawClient {
  readonly socket: Socket;
  received = Buffer.alloc(0);
  closed = false;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("error", () => undefined);
    socket.on("data", (bytes: Buffer) => {
      this.received = Buffer.concat([this.received, bytes]);
      this.#wake();
    });
    socket.on("close", () => {
      this.closed = true;
      this.#wake();
    });
  }

  static async open(t: ExecutionContext, port: number): Promise<RawClient> {
    const socket = connect(port, "127.0.0.1");
    const client = new RawClient(socket);
    t.teardown(() => socket.destroy());
    await once(socket, "connect");
    return client;
  }

  /** Connects as a client of MQTT and waits to be let in. */
  static async login(t: ExecutionContext, port: number, options: ConnectOptions = {}): Promise<RawClient> {
    const client = await RawClient.open(t, port);
    client.send(connectPacket(options));
    const answer = await client.take(4);
    if (answer[0] !== 0x20 || answer[3] !== 0) throw new Error(`not let in: ${answer.toString("hex")}`);
    return client;
  }

  send(...packets: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(packets));
  }

  /** The next `length` bytes, or fewer when the connection closes before. */
  async take(length: number): Promise<Buffer> {
    while (this.received.length < length && !this.closed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const taken = this.received.subarray(0, length);
    this.received = this.received.subarray(length);
    return taken;
  }

  /** All that comes until the broker closes the connection. */
  untilClosed(): Promise<Buffer> {
    return this.take(Number.POSITIVE_INFINITY);
  }

  /** Waits until the broker has dealt with all that was sent. */
  async ping(): Promise<Buffer> {
    this.send(Buffer.of(0xc0, 0));
    for (let length = 2; ; length++) {
      const bytes = await this.peek(length);
      if (bytes.length < length) throw new Error("closed instead of answering");
      if (bytes[length - 2] === 0xd0 && bytes[length - 1] === 0) return this.take(length);
    }
  }

  async peek(length: number): Promise<Buffer> {
    const bytes = await this.take(length);
    this.received = Buffer.concat([bytes, this.received]);
    return bytes;
  }
}
