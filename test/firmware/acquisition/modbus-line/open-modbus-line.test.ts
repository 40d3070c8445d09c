import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { openModbusLine } from "../../../../firmware/acquisition/modbus-line/open-modbus-line.ts";
import { ModbusRtuLine } from "../../../../firmware/acquisition/modbus-rtu/modbus-rtu-line.ts";
import { ModbusTcpLine } from "../../../../firmware/acquisition/modbus-tcp/modbus-tcp-line.ts";
import { NodeClock } from "../../../../firmware/platform/clock-node.ts";
import type { LineConfig } from "../../../../shared/acquisition/line-config.ts";
import { LineDown, ReplyTimeout } from "../../../../shared/acquisition/modbus/modbus-errors.ts";
import { resolveLine } from "../../../../shared/acquisition/resolve-line.ts";
import { millis } from "../../../../shared/base/units.ts";
import { FakeLog } from "../../../harness/fake-log.ts";
import { metricOf, readRegisters } from "../../../harness/open-modbus-line.ts";
import { openPacedFarm } from "../../../harness/paced-pty.ts";
import { ScratchDirectory } from "../../../harness/scratch-directory.ts";
import { until } from "../../../harness/until.ts";

const { signal } = new AbortController();
const patient = { timeout: millis(20_000) };
const parts = () => ({
  clock: new NodeClock(),
  log: new FakeLog(),
  random: Math.random,
  reconnect: { initial: millis(20), max: millis(50) },
});

test("each protocol has its line, which is not up yet when it is given; nothing of serialport is loaded for those on TCP", async (t) => {
  const tcp: LineConfig = { id: "a", protocol: "modbus-tcp", host: "127.0.0.1", port: 1 };
  const tunnel: LineConfig = { id: "b", protocol: "modbus-rtu-tcp", host: "127.0.0.1", port: 1 };
  const serial: LineConfig = { id: "c", protocol: "modbus-rtu", device: "/dev/no-such-port" };
  for (const config of [tcp, tunnel, serial]) {
    const line = openModbusLine(resolveLine(config), parts());
    t.true(line instanceof (config === tcp ? ModbusTcpLine : ModbusRtuLine));
    t.deepEqual([line.id, line.up], [config.id, false]);
    await line.close();
    if (config === tunnel) t.false(readFileSync("/proc/self/maps", "utf8").includes("bindings-cpp"));
  }
});

test("units on a paced line answer by turns; a dead one times out and costs the others nothing but its time", async (t) => {
  await using farm = await openPacedFarm({ baud: 115_200, units: 4 });
  await farm.dead(3);
  const line = openModbusLine(resolveLine({ id: "s", protocol: "modbus-rtu", device: farm.path, baud: 115_200 }), parts());
  t.teardown(() => line.close());
  const dead = t.throwsAsync(line.exchange(3, readRegisters(0), { timeout: millis(50) }, signal), { instanceOf: ReplyTimeout });
  for (const unit of [1, 2, 4]) {
    const reply = await line.exchange(unit, readRegisters(5, 2), patient, signal);
    t.deepEqual(reply, Uint8Array.of(3, 4, unit, 5, unit, 6));
  }
  await dead;
  await farm.alive(3);
  t.deepEqual(await line.exchange(3, readRegisters(9), patient, signal), Uint8Array.of(3, 2, 3, 9));
});

test("an adapter that is unplugged takes the line down, and the line comes back by itself when it is plugged in again", async (t) => {
  using scratch = new ScratchDirectory();
  const link = join(scratch.path, "adapter");
  const first = await openPacedFarm({ baud: 115_200, units: 1, link });
  t.teardown(() => first.close());
  const line = openModbusLine(resolveLine({ id: "s", protocol: "modbus-rtu", device: link, baud: 115_200 }), parts());
  t.teardown(() => line.close());
  await line.exchange(1, readRegisters(0), patient, signal);
  t.true(line.up);
  await first.close();
  rmSync(link);
  await until(() => !line.up);
  await t.throwsAsync(line.exchange(1, readRegisters(0), patient, signal), { instanceOf: LineDown });
  const second = await openPacedFarm({ baud: 115_200, units: 1, link });
  t.teardown(() => second.close());
  await until(() => line.up);
  t.deepEqual(await line.exchange(1, readRegisters(3), patient, signal), Uint8Array.of(3, 2, 1, 3));
  t.is(metricOf(line, "reconnects_total"), 1);
});
