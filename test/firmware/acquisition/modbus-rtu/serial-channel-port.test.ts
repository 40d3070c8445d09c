import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { PortSerialChannel } from "../../../../firmware/acquisition/modbus-rtu/serial-channel-port.ts";
import { Rs485Refused, SerialPortRefused, serialPortRefused } from "../../../../firmware/acquisition/modbus-rtu/serial-errors.ts";
import { openPacedPair } from "../../../harness/paced-pty.ts";
import { ScratchDirectory } from "../../../harness/scratch-directory.ts";
import { until } from "../../../harness/until.ts";
import { serialChannelContract } from "./serial-channel-contract.ts";

const settings = { baud: 115_200, parity: "even", stopBits: 1, rs485: "automatic" } as const;

serialChannelContract(test, "serial port", async (t) => {
  const pair = await openPacedPair({ baud: 2_000_000 });
  t.teardown(() => pair.close());
  const heard: number[] = [];
  let connected = false;
  const far = new PortSerialChannel(
    { ...settings, device: pair.paths[1] },
    { connected: () => (connected = true), bytes: (chunk) => heard.push(...chunk), ended: () => {} },
  );
  t.teardown(() => far.close());
  await until(() => connected);
  return {
    open: (events) => new PortSerialChannel({ ...settings, device: pair.paths[0] }, events),
    openNowhere: (events) => new PortSerialChannel({ ...settings, device: "/dev/no-such-port" }, events),
    write: (bytes) => far.write(bytes),
    heard: () => heard,
    vanish: () => pair.close(),
  };
});

/** Why a port does not open; `undefined` when it does. */
async function refusal(parts: {
  readonly device: string;
  readonly rs485?: "kernel" | "rts";
  readonly baud?: number;
}): Promise<Error | undefined> {
  let ended: Error | undefined;
  let connected = false;
  const channel = new PortSerialChannel(
    { ...settings, ...parts },
    { connected: () => (connected = true), bytes: () => {}, ended: (reason) => (ended = reason) },
  );
  await until(() => connected || ended !== undefined);
  await channel.close();
  return ended;
}

test("any rate is set, parity and stop bits too", async (t) => {
  const pair = await openPacedPair({ baud: 9600 });
  t.teardown(() => pair.close());
  for (const baud of [1200, 9600, 19_200, 76_800, 123_456, 921_600])
    t.is(await refusal({ device: pair.paths[0], baud }), undefined, `${baud}`);
});

test("a port that is not there says so, and what to look for", async (t) => {
  const error = await refusal({ device: "/dev/no-such-port" });
  t.true(error instanceof SerialPortRefused);
  t.regex(error?.message ?? "", /serial port \/dev\/no-such-port: it is not there.*\/dev\/serial\/by-id/);
});

test("what is no serial port says so", async (t) => {
  using scratch = new ScratchDirectory();
  const device = join(scratch.path, "file");
  writeFileSync(device, "");
  t.regex((await refusal({ device }))?.message ?? "", /no serial port|Inappropriate/);
});

test("a port that this process has open already is taken", async (t) => {
  const pair = await openPacedPair({ baud: 9600 });
  t.teardown(() => pair.close());
  let connected = false;
  const first = new PortSerialChannel(
    { ...settings, device: pair.paths[0] },
    { connected: () => (connected = true), bytes: () => {}, ended: () => {} },
  );
  t.teardown(() => first.close());
  await until(() => connected);
  t.regex((await refusal({ device: pair.paths[0] }))?.message ?? "", /another program has it open/);
});

test("a port whose driver cannot turn a transceiver round refuses rs485 and says what to do", async (t) => {
  const pair = await openPacedPair({ baud: 9600 });
  t.teardown(() => pair.close());
  for (const rs485 of ["kernel", "rts"] as const) {
    const error = await refusal({ device: pair.paths[0], rs485 });
    t.true(error instanceof Rs485Refused, error?.message);
    t.regex(error?.message ?? "", /(ENOTTY|EINVAL).*"rs485": "automatic"/);
  }
  t.is(await refusal({ device: pair.paths[0] }), undefined, "the refused port was given back");
});

test("what the system says is told with what to do about it", (t) => {
  const told = (text: string): string => serialPortRefused("/dev/ttyUSB0", new Error(text)).message;
  t.regex(told("Error: Permission denied, cannot open /dev/ttyUSB0"), /dialout/);
  t.regex(told("Error Resource temporarily unavailable Cannot lock port"), /another program/);
  t.regex(told("Error: No such device, cannot open /dev/ttyUSB0"), /plugged in/);
  t.is(told("Error: Strange"), "serial port /dev/ttyUSB0: Strange");
});
