import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { openWatchdogDevice, watchdogLimits } from "../../../firmware/platform/watchdog-device.ts";
import { WatchdogUnavailable } from "../../../firmware/platform/watchdog-errors.ts";
import { millis } from "../../../shared/base/units.ts";
import { ScratchDirectory } from "../../harness/scratch-directory.ts";

test("a device that is not there is told of, and no file is made in its place", async (t) => {
  using scratch = new ScratchDirectory();
  const device = join(scratch.path, "watchdog");
  const error = await t.throwsAsync(openWatchdogDevice(device), { instanceOf: WatchdogUnavailable });
  t.is(error?.code, "EDGE_WATCHDOG_DEVICE");
  t.is(error?.message, `watchdog ${device} cannot be used: there is no such device; is its driver loaded?`);
  t.throws(() => readFileSync(device), { code: "ENOENT" });
});

test("a file is no device, and stays as it is", async (t) => {
  using scratch = new ScratchDirectory();
  const file = join(scratch.path, "watchdog");
  writeFileSync(file, "text");
  await t.throwsAsync(openWatchdogDevice(file), { instanceOf: WatchdogUnavailable, message: /it is no device/ });
  t.is(readFileSync(file, "utf8"), "text");
});

test("a device is fed and let go", async (t) => {
  const device = await openWatchdogDevice("/dev/null");
  t.deepEqual([device.timeout, device.unstoppable], [undefined, false]);
  await device.feed();
  await device.release();
  await t.throwsAsync(device.feed(), { instanceOf: WatchdogUnavailable });
});

test("limits are those that the kernel tells, of the first watchdog where the name has no number", async (t) => {
  using scratch = new ScratchDirectory();
  const tell = (watchdog: string, timeout: string, nowayout: string): void => {
    mkdirSync(join(scratch.path, watchdog));
    writeFileSync(join(scratch.path, watchdog, "timeout"), timeout);
    writeFileSync(join(scratch.path, watchdog, "nowayout"), nowayout);
  };
  tell("watchdog0", "30\n", "0\n");
  tell("watchdog7", "5\n", "1\n");
  t.deepEqual(await watchdogLimits("/nowhere/watchdog", scratch.path), { timeout: millis(30_000), unstoppable: false });
  t.deepEqual(await watchdogLimits("/nowhere/watchdog7", scratch.path), { timeout: millis(5000), unstoppable: true });
  for (const device of ["/nowhere/watchdog1", "/nowhere/other"]) {
    t.deepEqual(await watchdogLimits(device, scratch.path), { timeout: undefined, unstoppable: false });
  }
});
