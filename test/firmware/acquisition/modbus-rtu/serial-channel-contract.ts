import type { ExecutionContext, TestFn } from "ava";
import type { OpenSerialChannel, SerialChannel } from "../../../../firmware/acquisition/modbus-rtu/serial-channel.ts";
import { until } from "../../../harness/until.ts";

/** What lies at the other end of a channel. */
export interface FarEnd {
  /** Opens the near end. */
  readonly open: OpenSerialChannel;
  /** Opens a near end that is not there. */
  readonly openNowhere: OpenSerialChannel;
  write(bytes: Uint8Array): void;
  /** Everything that came so far. */
  heard(): readonly number[];
  /** Goes away: the peer dies, the adapter is unplugged. */
  vanish(): Promise<void>;
}

/** A channel and what it told. */
class Listener {
  readonly channel: SerialChannel;
  readonly bytes: number[] = [];
  readonly ends: Error[] = [];
  connections = 0;

  constructor(open: OpenSerialChannel) {
    let constructed = false;
    this.channel = open({
      connected: () => {
        if (!constructed) throw new Error("told too early");
        this.connections++;
      },
      bytes: (chunk) => this.bytes.push(...chunk),
      ended: (reason) => this.ends.push(reason),
    });
    constructed = true;
  }
}

const frame = Uint8Array.from({ length: 256 }, (_, n) => n);

/** What every adapter of {SerialChannel} does. */
export function serialChannelContract(test: TestFn, name: string, openFarEnd: (t: ExecutionContext) => Promise<FarEnd>): void {
  const near = (t: ExecutionContext, open: OpenSerialChannel): Listener => {
    const listener = new Listener(open);
    t.teardown(() => listener.channel.close());
    return listener;
  };

  test(`${name}: an end that is not there is told with a reason, and never as connected`, async (t) => {
    const far = await openFarEnd(t);
    const listener = near(t, far.openNowhere);
    await until(() => listener.ends.length === 1);
    t.is(listener.connections, 0);
    t.true((listener.ends[0]?.message.length ?? 0) > 0);
  });

  test(`${name}: what is sent arrives whole, and what comes is told`, async (t) => {
    const far = await openFarEnd(t);
    const listener = near(t, far.open);
    await until(() => listener.connections === 1);
    listener.channel.write(frame);
    await until(() => far.heard().length >= frame.length);
    t.deepEqual(far.heard(), [...frame]);
    far.write(frame);
    await until(() => listener.bytes.length >= frame.length);
    t.deepEqual(listener.bytes, [...frame]);
    t.is(listener.channel.discard(), 0, "all of it was told");
  });

  test(`${name}: the end of the other side is told once`, async (t) => {
    const far = await openFarEnd(t);
    const listener = near(t, far.open);
    await until(() => listener.connections === 1);
    await far.vanish();
    await until(() => listener.ends.length > 0);
    listener.channel.write(frame);
    await listener.channel.close();
    t.is(listener.ends.length, 1);
  });

  test(`${name}: after closing nothing is told any more, and closing twice or while it opens is well`, async (t) => {
    const far = await openFarEnd(t);
    const early = near(t, far.open);
    await early.channel.close();
    const listener = near(t, far.open);
    await until(() => listener.connections === 1);
    await listener.channel.close();
    await listener.channel.close();
    await far.vanish();
    t.deepEqual([listener.ends.length, early.ends.length, early.connections], [0, 0, 0]);
  });
}
