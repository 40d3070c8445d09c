import { EventEmitter } from "node:events";
import type { LimitSettings } from "../../../shared/broker/broker-settings.ts";
import type { ClientRights } from "../access/client-rights.ts";
import type { BrokerCounters, Cut, Refusal } from "../broker-counters.ts";
import type { Qos } from "../qos.ts";
import type { StoredMessage } from "../store/store-record.ts";
import { firstPacket } from "./first-packet.ts";
import { FrameScanner, PacketType } from "./frame-scanner.ts";
import { HeldAcks } from "./held-acks.ts";
import { InboundFeed } from "./inbound-feed.ts";
import { OutBuffer } from "./out-buffer.ts";
import type { OutboundTurn } from "./outbound-turn.ts";
import type { PublishFrame } from "./publish-frame.ts";
import type { Wire, WireEvents } from "./wire.ts";

export interface ConnectionParts {
  readonly wire: Wire;
  /** True when it came over a listener that only this machine can reach. */
  readonly loopback: boolean;
  /** True for the board's own probe: it needs no account, and may hear itself and nothing else. */
  readonly own?: boolean;
  readonly limits: LimitSettings;
  readonly counters: BrokerCounters;
  readonly turn: OutboundTurn;
  /** Called once, when a well-formed CONNECT has come. */
  readonly onConnect: () => void;
}

/**
 * What Aedes takes for the socket of a client. It keeps one client from harming the rest: bytes are checked before Aedes parses them, an error of a
 * handler ends this connection only, writes never make Aedes wait, and the backlog of a client that does not read is bounded.
 */
export class MqttConnection extends EventEmitter implements WireEvents {
  /** Set when the client is let in. */
  rights: ClientRights | undefined;
  clientId = "";
  clean = true;
  /** The will of CONNECT. */
  will: StoredMessage | undefined;
  /** Filters this client was granted, and with what QoS. */
  readonly granted = new Map<string, Qos>();
  /** True from CONNACK on: nothing is delivered before. */
  accepted = false;
  /** True while a stored session's backlog is being sent: newer messages wait behind it. */
  catchingUp = false;
  /** CONNACK is to say that there is a stored session, whatever Aedes thinks. MQTT 3.1.1 §3.2.2.2. */
  sessionPresent = false;
  /** PUBACKs that must not leave before what they acknowledge is on disk. */
  readonly heldAcks = new HeldAcks((id) => this.#ack(id));
  destroyed = false;
  readonly #parts: ConnectionParts;
  readonly #scanner: FrameScanner;
  readonly #feed: InboundFeed;
  readonly #out: OutBuffer;
  #first: Buffer | undefined = Buffer.alloc(0);
  #dirty = false;
  #muted = false;
  #nextId = 1;
  #unsettled = 0;
  #waiters: (() => void)[] = [];

  constructor(parts: ConnectionParts) {
    super();
    this.#parts = parts;
    this.#scanner = new FrameScanner(parts.limits.packetBytes);
    this.#feed = new InboundFeed({
      ready: () => this.emit("readable"),
      failed: () => this.cut("protocol"),
      emptied: () => this.#parts.wire.resume(),
    });
    this.#out = new OutBuffer(
      (buffer, start, end) => this.#pass(buffer, start, end),
      (bytes) => this.#send(bytes),
    );
  }

  get remote(): string {
    return this.#parts.wire.remote;
  }

  get loopback(): boolean {
    return this.#parts.loopback;
  }

  get own(): boolean {
    return this.#parts.own === true;
  }

  get address(): string {
    return this.#parts.wire.address;
  }

  data(bytes: Buffer): void {
    if (this.destroyed) return;
    this.#parts.counters.bytesIn += bytes.length;
    if (this.#first === undefined) this.#check(bytes);
    else this.#begin(this.#first.length === 0 ? bytes : Buffer.concat([this.#first, bytes]));
    if (this.#feed.waiting && !this.destroyed) this.#parts.wire.pause();
  }

  #begin(bytes: Buffer): void {
    const first = firstPacket(bytes, this.#parts.limits.connectBytes);
    switch (first.kind) {
      case "more":
        this.#first = bytes;
        return;
      case "foreign":
        this.#parts.counters.refused.protocol++;
        this.abort();
        return;
      case "version":
        this.refuse(1, "version");
        return;
      case "connect":
        this.#first = undefined;
        this.#parts.onConnect();
        this.#feed.push(bytes.subarray(0, first.end), 1);
        if (bytes.length > first.end) this.#check(bytes.subarray(first.end));
    }
  }

  #check(bytes: Buffer): void {
    const { packets, settled } = this.#scanner;
    const fault = this.#scanner.scan(bytes);
    if (fault !== undefined) {
      this.cut(fault);
      return;
    }
    this.#unsettled = Math.max(0, this.#unsettled - (this.#scanner.settled - settled));
    this.#feed.push(bytes, this.#scanner.packets - packets);
  }

  /** Aedes reads here. */
  read(): Buffer | null {
    return this.#feed.take();
  }

  /** Aedes writes packets here, in pieces. Always says that there is room: the bounds are kept by dropping and cutting off. */
  write(chunk: Uint8Array | string): boolean {
    if (this.destroyed || this.#muted) return true;
    this.#out.piece(chunk);
    this.#mark();
    return true;
  }

  /** Sends one message. @returns false when it was dropped */
  deliver(frame: PublishFrame, qos: Qos, id = 0): boolean {
    if (this.destroyed || this.#muted) return false;
    const { counters, limits } = this.#parts;
    const packet = frame.packet(qos);
    if (qos === 0) {
      if (this.backlog() > limits.outSoftBytes) {
        counters.dropped.slow++;
        return false;
      }
    } else {
      if (this.#unsettled >= limits.outFlight) {
        counters.dropped.out_flight++;
        return false;
      }
      this.#unsettled++;
    }
    counters.messagesOut++;
    this.#out.whole(packet, qos === 0 ? 0 : id === 0 ? this.takeId() : id, frame.idOffset);
    this.#mark();
    return true;
  }

  /** The next packet id of a delivery: 1 to 65535, round and round. MQTT 3.1.1 §2.3.1. */
  takeId(): number {
    const id = this.#nextId;
    this.#nextId = id === 65_535 ? 1 : id + 1;
    return id;
  }

  /** Bytes that the client has not taken yet. */
  backlog(): number {
    return this.#out.size + this.#parts.wire.backlog();
  }

  /** Resolves when the client has taken most of what was sent, or is gone. */
  async room(): Promise<void> {
    while (!this.destroyed && this.backlog() >= this.#parts.limits.outSoftBytes / 2) {
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  drained(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }

  /** Sends what was gathered. */
  flush(): void {
    this.#dirty = false;
    if (this.destroyed) return;
    this.#out.flush();
    if (this.#parts.wire.backlog() > this.#parts.limits.outHardBytes) this.cut("out_queue");
    else if (this.#waiters.length > 0 && this.#parts.wire.backlog() === 0) this.drained();
  }

  /** Answers CONNECT with a return code and ends. MQTT 3.1.1 §3.2.2.3. */
  refuse(code: 1 | 2 | 3 | 4 | 5, cause: Refusal): void {
    if (this.destroyed) return;
    this.#parts.counters.refused[cause]++;
    this.#parts.wire.write(Buffer.of(0x20, 2, 0, code));
    this.#gone();
    this.#parts.wire.end();
  }

  /** Ends a connection that broke a rule, at once. */
  cut(cause: Cut): void {
    if (this.destroyed) return;
    if (this.accepted) this.#parts.counters.cut[cause]++;
    else this.#parts.counters.refused.protocol++;
    this.abort();
  }

  /** Nothing is sent any more, whatever is written. */
  mute(): void {
    this.#muted = true;
    this.#out.clear();
  }

  /** Closes at once. */
  abort(): void {
    this.#gone();
    this.#parts.wire.abort();
  }

  /** Aedes ends connections here: what was written still goes out. */
  destroy(error?: Error): this {
    if (this.destroyed) return this;
    if (error !== undefined) this.#count(error);
    this.#out.flush();
    this.#gone();
    this.#parts.wire.end();
    return this;
  }

  closed(): void {
    this.#gone();
  }

  #gone(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.#feed.stop();
    this.#out.clear();
    this.drained();
    // Aedes must not be called from within its own calls.
    setImmediate(() => this.emit("close"));
  }

  /** Aedes tells its reasons in words only. */
  #count(error: Error): void {
    const { counters } = this.#parts;
    if (this.accepted) counters.cut[error.message === "keep alive timeout" ? "keepalive" : "protocol"]++;
    else counters.refused[error.message.startsWith("connect did not arrive") ? "timeout" : "protocol"]++;
  }

  #mark(): void {
    if (this.#dirty) return;
    this.#dirty = true;
    this.#parts.turn.add(this);
  }

  #send(bytes: Buffer): void {
    this.#parts.counters.bytesOut += bytes.length;
    this.#parts.wire.write(bytes);
  }

  #ack(id: number): void {
    if (this.destroyed || this.#muted) return;
    this.#out.whole(Buffer.of(0x40, 2, id >> 8, id & 0xff), 0, 0);
    this.#mark();
  }

  /** Sees each packet that Aedes wrote before it goes out. */
  #pass(buffer: Buffer, start: number, end: number): boolean {
    const type = (buffer[start] ?? 0) >> 4;
    if (type === PacketType.puback) return !this.heldAcks.withhold(buffer.readUInt16BE(end - 2));
    if (type === PacketType.connack) {
      this.accepted = buffer[end - 1] === 0;
      if (this.accepted && this.sessionPresent) buffer[end - 2] = 1;
    } else if (type === PacketType.publish) {
      this.#parts.counters.messagesOut++;
      if (((buffer[start] ?? 0) & 0x06) !== 0) this.#unsettled++;
    }
    return true;
  }
}
