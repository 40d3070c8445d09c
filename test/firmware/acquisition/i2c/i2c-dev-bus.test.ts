import test from "ava";
import { I2cDevBus, type I2cDevBusParts } from "../../../../firmware/acquisition/i2c/i2c-dev-bus.ts";
import { TransferSlots } from "../../../../firmware/acquisition/i2c/transfer-slots.ts";
import { metricsText } from "../../../../shared/base/metrics-text.ts";
import { millis } from "../../../../shared/base/units.ts";
import { FakeClock, settle } from "../../../harness/fake-clock.ts";
import { FakeI2cBus } from "../../../harness/fake-i2c-bus.ts";
import { RegisterChip } from "../../../harness/fake-i2c-bus-chips.ts";
import { FakeKernel } from "../../../harness/fake-i2c-bus-handle.ts";
import { FakeLog } from "../../../harness/fake-log.ts";
import { i2cBusContract } from "./i2c-bus-contract.ts";

const never = new AbortController().signal;

function bench(parts: Partial<I2cDevBusParts> = {}, kernel = new FakeKernel()) {
  const clock = new FakeClock();
  const log = new FakeLog();
  kernel.chips.set(0x20, new RegisterChip());
  const bus = I2cDevBus.open({
    id: "field",
    device: "/dev/i2c-1",
    timeout: millis(2000),
    open: kernel.opener,
    slots: new TransferSlots(4),
    clock,
    log,
    random: () => 0.999,
    ...parts,
  });
  return { bus, clock, log, kernel, read: (address = 0x20, stop: AbortSignal = never) => bus.readBlock(address, 0, 1, stop) };
}

i2cBusContract(test, "the fake", async (chips) => new FakeI2cBus(chips));
i2cBusContract(test, "the device", async (chips) => {
  const kernel = new FakeKernel();
  for (const [address, chip] of chips) kernel.chips.set(address, chip);
  return bench({}, kernel).bus;
});

test("one transfer is with the kernel at a time, and closing leaves nothing open", async (t) => {
  const { bus, kernel, clock, read } = bench();
  await Promise.all(Array.from({ length: 10 }, () => read()));
  t.is(kernel.most, 1);
  await bus.close();
  t.deepEqual([kernel.open, kernel.closedInUse, clock.armed], [0, 0, 0]);
});

test("transfers wait for the device to be opened", async (t) => {
  const { bus, read } = bench();
  t.false(bus.up);
  t.is((await read()).length, 1);
  t.true(bus.up);
});

test("more transfers than may wait are refused and counted", async (t) => {
  const { bus, read } = bench({ queueBound: 2 });
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => read()));
  t.deepEqual(
    results.map(({ status }) => status),
    ["fulfilled", "fulfilled", "rejected", "rejected", "rejected"],
  );
  await t.throwsAsync(Promise.all(Array.from({ length: 9 }, () => read())), {
    code: "EDGE_I2C_BUSY",
    message: "bus field, address 0x20: the bus is busy: 2 transfers wait already",
  });
  t.true(metricsText(bus.metrics()).includes('penstock_i2c_queue_overflows_total{bus="field"} 9'));
});

test("a device that is not there is told of once, refused at once, and opened when it comes", async (t) => {
  const kernel = new FakeKernel();
  kernel.openFault = "ENOENT";
  const { bus, clock, log, read } = bench({}, kernel);
  await settle();
  await t.throwsAsync(read(), {
    code: "EDGE_I2C_DOWN",
    message: "bus field, address 0x20: the bus is down: there is no /dev/i2c-1; enable the bus and load the kernel module i2c-dev",
  });
  await clock.advance(millis(200_000));
  t.is(log.entries.filter(({ level }) => level === "warn").length, 1);
  kernel.openFault = undefined;
  await clock.advance(millis(60_000));
  t.is((await read()).length, 1);
  t.true(bus.up);
  t.is(log.entries.at(-1)?.message, "bus works again");
});

test("a device that may not be opened says what helps", async (t) => {
  const kernel = new FakeKernel();
  kernel.openFault = "EACCES";
  const { read } = bench({}, kernel);
  await settle();
  await t.throwsAsync(read(), {
    code: "EDGE_I2C_DOWN",
    message: /\/dev\/i2c-1 may not be opened; add the user of the board to the group i2c/,
  });
});

test("what cannot be opened for another reason says it", async (t) => {
  const open = (): Promise<never> => Promise.reject(new Error("the native part is for another machine"));
  const { read } = bench({ open });
  await settle();
  await t.throwsAsync(read(), { message: /\/dev\/i2c-1 cannot be opened: the native part is for another machine/ });
});

for (const code of ["ENXIO", "EREMOTEIO"]) {
  test(`${code} is a chip that does not answer; the bus stays as it is`, async (t) => {
    const { bus, kernel, read } = bench();
    await read();
    kernel.fault = code;
    for (let turn = 0; turn < 10; turn++) await t.throwsAsync(read(), { code: "EDGE_I2C_NO_ANSWER" });
    t.true(bus.up);
    t.is(kernel.opened, 1);
  });
}

test("ENODEV is a chip that does not answer, or an adapter that is gone: opening anew tells", async (t) => {
  const { bus, kernel, read, clock } = bench();
  kernel.fault = "ENODEV";
  await t.throwsAsync(read(), { code: "EDGE_I2C_NO_ANSWER" });
  await settle();
  t.deepEqual([kernel.opened, kernel.open, bus.up], [2, 1, true]);
  kernel.openFault = "ENOENT";
  await t.throwsAsync(read(), { code: "EDGE_I2C_NO_ANSWER" });
  await settle();
  await t.throwsAsync(read(), { code: "EDGE_I2C_DOWN" });
  t.is(clock.armed, 1);
});

for (const code of ["ETIMEDOUT", "EAGAIN", "EIO", "EBUSY"]) {
  test(`${code} once is a failed transfer, three times in a row a stuck bus`, async (t) => {
    const { bus, kernel, read, log } = bench();
    kernel.fault = code;
    await t.throwsAsync(read(), { code: "EDGE_I2C_TRANSFER" });
    await t.throwsAsync(read(), { code: "EDGE_I2C_TRANSFER" });
    t.true(bus.up);
    await t.throwsAsync(read(), { code: "EDGE_I2C_STUCK" });
    t.false(bus.up);
    await t.throwsAsync(read(), { code: "EDGE_I2C_STUCK" });
    t.is(log.entries.filter(({ level }) => level === "warn").length, 1);
  });
}

test("one chip that breaks transfers off does not make a bus stuck on which others answer", async (t) => {
  const { bus, kernel, read } = bench();
  for (let turn = 0; turn < 10; turn++) {
    kernel.fault = "EIO";
    await t.throwsAsync(read(), { code: "EDGE_I2C_TRANSFER" });
    kernel.fault = undefined;
    await read();
  }
  t.true(bus.up);
});

test("a stuck bus is tried again by one transfer after a growing wait, and works again when that one gets through", async (t) => {
  const { bus, kernel, read, clock, log } = bench();
  kernel.fault = "ETIMEDOUT";
  for (let turn = 0; turn < 3; turn++) await t.throwsAsync(read());
  const tried: number[] = [];
  for (let second = 0; second < 200; second++) {
    const before = metricsText(bus.metrics()).match(/penstock_i2c_transfers_total\{[^}]*\} (\d+)/)?.[1];
    await t.throwsAsync(read(), { code: "EDGE_I2C_STUCK" });
    if (metricsText(bus.metrics()).match(/penstock_i2c_transfers_total\{[^}]*\} (\d+)/)?.[1] !== before) tried.push(second);
    await clock.advance(millis(1000));
  }
  t.deepEqual(tried, [1, 3, 7, 15, 31, 63, 123, 183]);
  kernel.fault = undefined;
  await clock.advance(millis(60_000));
  t.false(bus.up, "nothing has been tried yet");
  await read();
  t.true(bus.up);
  t.is(log.entries.at(-1)?.message, "bus works again");
  t.true(metricsText(bus.metrics()).includes('penstock_i2c_bus_outages_total{bus="field"} 1'));
});

test("a transfer without end makes the bus stuck; nothing more is given to the kernel until it has given that one back", async (t) => {
  const { bus, kernel, read, clock } = bench();
  await read();
  kernel.fault = "hang";
  const [first, second] = [read(), read()];
  const both = Promise.allSettled([first, second]);
  await clock.advance(millis(2000));
  await both;
  await t.throwsAsync(first, { code: "EDGE_I2C_STUCK", message: /a transfer does not end within 2000 ms/ });
  await t.throwsAsync(second, { code: "EDGE_I2C_STUCK" });
  await clock.advance(millis(100_000));
  t.deepEqual([kernel.under, kernel.opened, kernel.closedInUse], [1, 1, 0]);
  await t.throwsAsync(read(), { code: "EDGE_I2C_STUCK" });
  kernel.fault = undefined;
  kernel.letGo();
  await clock.advance(millis(1000));
  t.is((await read()).length, 1);
  t.deepEqual([kernel.opened, kernel.open, kernel.closedInUse, bus.up], [2, 1, 0, true]);
});

test("an address that the kernel keeps is never used without one: the device is opened anew", async (t) => {
  const { bus, kernel, read } = bench();
  await read();
  kernel.fault = { code: "EBUSY", syscall: "setAddr" };
  await t.throwsAsync(read(), { code: "EDGE_I2C_TAKEN", message: "bus field, address 0x20: a driver of the kernel uses the chip" });
  kernel.fault = undefined;
  t.is((await read()).length, 1);
  t.deepEqual([kernel.opened, kernel.open, bus.up], [2, 1, true]);
});

test("an adapter that cannot do a transfer is not asked to", async (t) => {
  const kernel = new FakeKernel();
  kernel.abilities = { readBlock: true, writeBlock: true, messages: false };
  const { bus, read } = bench({}, kernel);
  await t.throwsAsync(bus.read(0x20, 6, never), {
    code: "EDGE_I2C_UNABLE",
    message: "bus field, address 0x20: the adapter cannot do plain I2C messages",
  });
  await t.throwsAsync(bus.write(0x20, Uint8Array.of(1), never), { code: "EDGE_I2C_UNABLE" });
  t.is((await read()).length, 1);
  kernel.fault = "EOPNOTSUPP";
  await t.throwsAsync(read(), { code: "EDGE_I2C_UNABLE" });
});

test("who stops waiting is let go at once; the transfer under way keeps its place with the kernel", async (t) => {
  const { kernel, read, clock, bus } = bench();
  await read();
  kernel.fault = "hang";
  const stop = new AbortController();
  const [running, waiting] = [read(0x20, stop.signal), read(0x20, stop.signal)];
  await settle();
  stop.abort();
  await t.throwsAsync(running, { code: "EDGE_STOPPED" });
  await t.throwsAsync(waiting, { code: "EDGE_STOPPED" });
  kernel.fault = undefined;
  const next = read();
  await settle();
  t.is(kernel.under, 1);
  kernel.letGo();
  t.is((await next).length, 1);
  t.is(clock.armed, 0);
  t.true(metricsText(bus.metrics()).includes('penstock_i2c_queue_depth{bus="field"} 0'));
});

test("closing refuses what waits, and waits for the kernel only so long", async (t) => {
  const { bus, kernel, read, clock } = bench();
  await read();
  kernel.fault = "hang";
  const results = Promise.allSettled([read(), read()]);
  await settle();
  const closed = bus.close();
  await clock.advance(millis(2000));
  await closed;
  t.deepEqual(
    (await results).map(({ status }) => status),
    ["rejected", "rejected"],
  );
  t.is(kernel.open, 1, "not closed under the kernel's hands");
  kernel.letGo();
  await settle();
  t.deepEqual([kernel.open, kernel.closedInUse, clock.armed], [0, 0, 0]);
  await t.throwsAsync(read(), { code: "EDGE_I2C_DOWN" });
});

test("buses that hang leave the pool a thread, and the others their own pace", async (t) => {
  const slots = new TransferSlots(4);
  const benches = Array.from({ length: 5 }, () => bench({ slots }));
  await Promise.all(benches.map(({ read }) => read()));
  const [well, ...sick] = benches;
  for (const { kernel } of sick) kernel.fault = "hang";
  const hung = Promise.allSettled(sick.map(({ read }) => read()));
  await settle();
  t.is(slots.taken, 3);
  await Promise.all(sick.map(({ clock }) => clock.advance(millis(2000))));
  const codes = (await hung).map((result) => (result.status === "rejected" ? result.reason.code : "none"));
  t.deepEqual(codes, ["EDGE_I2C_STUCK", "EDGE_I2C_STUCK", "EDGE_I2C_STUCK", "EDGE_I2C_TRANSFER"]);
  for (const { kernel } of sick) kernel.letGo();
  await settle();
  t.is(slots.taken, 0);
  // Three are known to be stuck now: trying that, they leave a slot to whoever is well.
  const stuck = sick.slice(0, 3);
  for (const { clock } of stuck) await clock.advance(millis(60_000));
  const tried = Promise.allSettled(stuck.map(({ read }) => read()));
  await settle();
  t.is(slots.taken, 2);
  t.is((await well?.read())?.length, 1);
  for (const { kernel } of stuck) kernel.fault = undefined;
  for (const { kernel } of stuck) kernel.letGo();
  await settle();
  t.is(slots.taken, 0);
  t.is((await tried).filter(({ status }) => status === "fulfilled").length, 1, "the one that came after the others let go");
});

test("metrics name bus and address, and what went wrong by its code", async (t) => {
  const { bus, kernel, read } = bench();
  await read();
  await t.throwsAsync(read(0x21));
  kernel.fault = "EIO";
  await t.throwsAsync(read());
  const text = metricsText(bus.metrics());
  for (const line of [
    'penstock_i2c_transfers_total{bus="field",address="0x20"} 2',
    'penstock_i2c_transfers_total{bus="field",address="0x21"} 1',
    'penstock_i2c_errors_total{bus="field",address="0x21",cause="EDGE_I2C_NO_ANSWER"} 1',
    'penstock_i2c_errors_total{bus="field",address="0x20",cause="EDGE_I2C_TRANSFER"} 1',
    'penstock_i2c_bus_up{bus="field"} 1',
    'penstock_i2c_bus_opens_total{bus="field"} 1',
  ])
    t.true(text.includes(`${line}\n`), line);
});
