import test from "ava";
import { openWatchdogDevice } from "../../../firmware/platform/watchdog-device.ts";
import { WatchdogUnavailable } from "../../../firmware/platform/watchdog-errors.ts";
import { HardwareWatchdog, type HardwareWatchdogParts } from "../../../firmware/platform/watchdog-hardware.ts";
import { millis } from "../../../shared/base/units.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { FakeLog } from "../../harness/fake-log.ts";
import { FakeWatchdog } from "./fake-watchdog.ts";

async function openWith(parts: Partial<HardwareWatchdogParts> & { readonly clock: FakeClock }) {
  const log = new FakeLog();
  const watchdog = await HardwareWatchdog.open({
    device: "/dev/watchdog",
    interval: undefined,
    alive: async () => true,
    open: openWatchdogDevice,
    log,
    ...parts,
  });
  return { watchdog, log };
}

test("it is fed three times in its time limit while the board proves alive, and let go by an orderly close", async (t) => {
  const clock = new FakeClock();
  const device = new FakeWatchdog(clock, millis(30_000));
  const { watchdog } = await openWith({ clock, open: async () => device });
  await clock.advance(millis(299_000));
  t.is(device.fed, 30);
  t.deepEqual(watchdog.health(), [{ name: "watchdog", state: "ok", detail: "/dev/watchdog" }]);
  await watchdog.close();
  await clock.advance(millis(120_000));
  t.true(device.released);
  t.is(device.resetAt, undefined);
  await watchdog.close();
});

test("a board that stops to prove alive is not fed any more, and is started anew in time", async (t) => {
  const clock = new FakeClock();
  const device = new FakeWatchdog(clock, millis(30_000));
  let alive = true;
  const { watchdog, log } = await openWith({ clock, open: async () => device, alive: async () => alive });
  await clock.advance(millis(60_000));
  alive = false;
  await clock.advance(millis(45_000));
  t.true(device.resetAt !== undefined && device.resetAt <= 90_000);
  t.is(watchdog.health()[0]?.state, "failing");
  t.is(log.entries.filter(({ level }) => level === "error").length, 1);
  alive = true;
  await clock.advance(millis(10_000));
  t.is(watchdog.health()[0]?.state, "ok");
});

test("one round that is missed is not the end", async (t) => {
  const clock = new FakeClock();
  const device = new FakeWatchdog(clock, millis(30_000));
  let round = 0;
  await openWith({ clock, open: async () => device, alive: async () => ++round % 2 === 1 });
  await clock.advance(millis(600_000));
  t.is(device.resetAt, undefined);
});

test("an interval too long for the device is cut, and said so", async (t) => {
  const clock = new FakeClock();
  const device = new FakeWatchdog(clock, millis(10_000));
  const { log } = await openWith({ clock, interval: millis(60_000), open: async () => device });
  await clock.advance(millis(49_000));
  t.is(device.fed, 10);
  t.true(log.entries.some(({ level, message }) => level === "warn" && message.includes("too long")));
});

test("a driver that does not tell its limit is fed often", async (t) => {
  const clock = new FakeClock();
  const device = new FakeWatchdog(clock, undefined);
  await openWith({ clock, open: async () => device });
  await clock.advance(millis(9900));
  t.is(device.fed, 3);
});

test("a device that is missing is told of, does not stop the board, and is tried again", async (t) => {
  const clock = new FakeClock();
  let device: FakeWatchdog | undefined;
  const open = async (path: string) => {
    if (device === undefined) throw new WatchdogUnavailable(path, "there is no such device");
    return device;
  };
  const { watchdog, log } = await openWith({ clock, open });
  t.deepEqual(watchdog.health(), [
    { name: "watchdog", state: "degraded", detail: "watchdog /dev/watchdog cannot be used: there is no such device" },
  ]);
  await clock.advance(millis(100_000));
  t.is(log.entries.filter(({ level }) => level === "error").length, 1, "once, not each time");
  device = new FakeWatchdog(clock, millis(30_000));
  await clock.advance(millis(40_000));
  t.is(watchdog.health()[0]?.state, "ok");
  await watchdog.close();
  t.true(device.released);
});

test("a device that cannot be fed is told of", async (t) => {
  const clock = new FakeClock();
  const device = new FakeWatchdog(clock, millis(30_000));
  const { watchdog } = await openWith({ clock, open: async () => device });
  device.failure = new Error("EIO");
  await clock.advance(millis(10_000));
  t.deepEqual(watchdog.health(), [{ name: "watchdog", state: "degraded", detail: "EIO" }]);
  const rounds = watchdog.metrics().find(({ name }) => name === "penstock_watchdog_rounds_total");
  t.deepEqual(
    rounds?.values.map(({ labels, value }) => [labels["result"], value]),
    [
      ["fed", 1],
      ["withheld", 0],
      ["failed", 1],
    ],
  );
});

test("closing leaves no timer behind, with a device or without", async (t) => {
  for (const open of [
    async () => {
      throw new WatchdogUnavailable("/dev/watchdog", "busy");
    },
    async () => ({ timeout: millis(30_000), unstoppable: true, feed: async () => undefined, release: async () => undefined }),
  ]) {
    const clock = new FakeClock();
    const { watchdog } = await openWith({ clock, open });
    await clock.advance(millis(1000));
    await watchdog.close();
    t.is(clock.armed, 0);
  }
});
