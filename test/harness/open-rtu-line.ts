import type { ExecutionContext } from "ava";
import { ModbusRtuLine, type ModbusRtuLineParts } from "../../firmware/acquisition/modbus-rtu/modbus-rtu-line.ts";
import type { SerialChannel, SerialChannelEvents } from "../../firmware/acquisition/modbus-rtu/serial-channel.ts";
import { encodeRtu } from "../../shared/acquisition/modbus/rtu-frame.ts";
import { FakeClock, settle } from "./fake-clock.ts";
import { FakeLog } from "./fake-log.ts";

/** A serial line in memory: keeps what was sent, says what the test says. */
export class FakeSerialChannel implements SerialChannel {
  readonly #events: SerialChannelEvents;
  readonly #onWrite: (bytes: Uint8Array) => void;
  closed = false;
  /** Bytes that came and were not read: `discard` throws them away. */
  unread = 0;

  constructor(events: SerialChannelEvents, onWrite: (bytes: Uint8Array) => void) {
    this.#events = events;
    this.#onWrite = onWrite;
  }

  connected(): void {
    if (!this.closed) this.#events.connected();
  }
  write(bytes: Uint8Array): void {
    this.#onWrite(bytes);
  }
  discard(): number {
    const count = this.unread;
    this.unread = 0;
    return count;
  }
  say(bytes: Iterable<number>): void {
    if (!this.closed) this.#events.bytes(Uint8Array.from(bytes));
  }
  end(reason: string): void {
    this.closed = true;
    this.#events.ended(new Error(reason));
  }
  async close(): Promise<void> {
    this.closed = true;
  }
}

/** An RTU line in virtual time on a channel in memory. */
export interface RtuBench {
  readonly line: ModbusRtuLine;
  readonly clock: FakeClock;
  readonly log: FakeLog;
  /** Every frame that was sent. */
  readonly sent: readonly (readonly number[])[];
  /** The channel opened last. */
  readonly channel: FakeSerialChannel;
  /** How many were opened. */
  readonly opened: number;
  /** What to do with the next frames that are sent; they are kept in any case. */
  onSent: (frame: readonly number[]) => void;
}

/** A line at 9600 baud, 11 bits a character: a character takes 1.146 ms, t3.5 is 4.01 ms. */
export async function openRtuBench(
  t: Pick<ExecutionContext, "teardown">,
  parts: Partial<ModbusRtuLineParts> & { dead?: boolean } = {},
): Promise<RtuBench> {
  const [clock, log] = [new FakeClock(), new FakeLog()];
  const sent: (readonly number[])[] = [];
  const channels: FakeSerialChannel[] = [];
  let onSent: (frame: readonly number[]) => void = () => {};
  const line = ModbusRtuLine.open({
    id: "rs485",
    place: { device: "/dev/fake" },
    baud: 9600,
    clock,
    log,
    random: () => 0.5,
    open: (events) => {
      const channel = new FakeSerialChannel(events, (bytes) => {
        sent.push([...bytes]);
        onSent([...bytes]);
      });
      channels.push(channel);
      queueMicrotask(() => (parts.dead === true ? channel.end("no such port") : channel.connected()));
      return channel;
    },
    ...parts,
  });
  t.teardown(() => line.close());
  await settle();
  return {
    line,
    clock,
    log,
    sent,
    get channel() {
      const channel = channels.at(-1);
      if (channel === undefined) throw new Error("no channel");
      return channel;
    },
    get opened() {
      return channels.length;
    },
    set onSent(handler: (frame: readonly number[]) => void) {
      onSent = handler;
    },
    get onSent() {
      return onSent;
    },
  };
}

/** A serial frame. */
export function rtuFrame(unit: number, ...pdu: readonly number[]): readonly number[] {
  return [...encodeRtu(unit, Uint8Array.from(pdu))];
}

/** The reply of a unit to a read of holding registers, each of which holds 256 × unit + address. */
export function rtuEcho(frame: readonly number[]): readonly number[] {
  const [unit = 0, code = 0, high = 0, low = 0, , quantity = 0] = frame;
  const address = high * 256 + low;
  return rtuFrame(unit, code, quantity * 2, ...Array.from({ length: quantity }, (_, n) => [unit, (address + n) % 256]).flat());
}
