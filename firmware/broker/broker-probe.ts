import { generate, type IPublishPacket, type Packet, parser } from "mqtt-packet";
import { Stopped, type StopSignal } from "../../shared/base/stop-signal.ts";
import type { Wire, WireEvents } from "./wire/wire.ts";

/** Where the board publishes to hear itself. Clients may neither publish nor subscribe there: it begins with `$`. */
export const probeTopic = "$penstock/probe";

/** A wire that ends in this process: what the broker writes goes to a listener, in a turn of its own. */
class MemoryWire implements Wire {
  readonly remote = "the board itself";
  readonly address = "";
  readonly #receive: (bytes: Buffer) => void;
  readonly #closing: () => void;
  #closed = false;

  constructor(receive: (bytes: Buffer) => void, closing: () => void) {
    this.#receive = receive;
    this.#closing = closing;
  }

  write(bytes: Buffer): void {
    setImmediate(() => this.#receive(bytes));
  }

  backlog(): number {
    return 0;
  }

  pause(): void {}

  resume(): void {}

  end(): void {
    this.abort();
  }

  abort(): void {
    if (this.#closed) return;
    this.#closed = true;
    setImmediate(this.#closing);
  }
}

/** What the client says after each answer; `undefined`: it heard what it said. MQTT 3.1.1 §3. */
function nextPacket(answer: Packet, payload: string): Packet | undefined {
  switch (answer.cmd) {
    case "connack":
      return { cmd: "subscribe", messageId: 1, subscriptions: [{ topic: probeTopic, qos: 1 }] };
    case "suback": {
      const publish: IPublishPacket = { cmd: "publish", messageId: 2, topic: probeTopic, payload, qos: 1, dup: false, retain: false };
      return publish;
    }
    default:
      return undefined;
  }
}

const heard = (answer: Packet, payload: string): boolean =>
  answer.cmd === "publish" && answer.topic === probeTopic && String(answer.payload) === payload;

/**
 * Connects a client of this process, lets it subscribe, publish, and hear what it published: resolves when it did, over the whole way that a client's
 * message goes but for the socket.
 * @param accept takes the wire as that of a new client · @param id of the client, not to be guessed
 * @throws {Stopped} when `stop` fires first
 */
export function probeBroker(accept: (wire: Wire) => WireEvents, id: string, stop: StopSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const replies = parser();
    const wire = new MemoryWire(
      (bytes) => replies.parse(bytes),
      () => end(() => reject(new Error("the broker ended the connection of its own probe"))),
    );
    let ended = false;
    const end = (settle: () => void): void => {
      if (ended) return;
      ended = true;
      stop.removeEventListener("abort", onStop);
      replies.removeAllListeners();
      events.closed();
      settle();
    };
    const onStop = (): void => end(() => reject(new Stopped()));
    replies.on("packet", (answer) => {
      const next = nextPacket(answer, id);
      if (next !== undefined) events.data(generate(next));
      else if (heard(answer, id)) end(resolve);
    });
    replies.on("error", (error) => end(() => reject(error)));
    const events = accept(wire);
    stop.addEventListener("abort", onStop);
    if (stop.aborted) onStop();
    else events.data(generate({ cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clean: true, clientId: id, keepalive: 60 }));
  });
}
