import test from "ava";
import { PumpStation } from "../../../../host/acquisition/pump-station/pump-station.ts";
import { pumpStationRegisters, registerBlocks } from "../../../../host/acquisition/simulator/pump-station-registers.ts";
import { RegisterBank } from "../../../../host/acquisition/simulator/register-bank.ts";
import { toWords, wordCount } from "../../../../host/acquisition/simulator/register-words.ts";
import { ExceptionCode } from "../../../../shared/acquisition/modbus/modbus-errors.ts";
import { instant } from "../../../../shared/base/units.ts";

const { illegalDataAddress, illegalDataValue, serverDeviceFailure } = ExceptionCode;

function open(): { readonly bank: RegisterBank; readonly station: PumpStation } {
  const station = new PumpStation({ seed: 1, start: instant(0) });
  return { station, bank: new RegisterBank({ station }) };
}

test("no two registers overlap, but for bits of one word, and none leaves its table", (t) => {
  const taken = new Map<string, number>();
  for (const { id, layout } of pumpStationRegisters) {
    t.true(layout.address + wordCount(layout) <= registerBlocks[layout.area], id);
    const mask = layout.bit === undefined ? 0xffff : 1 << layout.bit;
    for (let at = layout.address; at < layout.address + wordCount(layout); at++) {
      const key = `${layout.area} ${at}`;
      t.is((taken.get(key) ?? 0) & mask, 0, id);
      taken.set(key, (taken.get(key) ?? 0) | mask);
    }
  }
});

test("ids are unique, so that each register can be a point", (t) => {
  t.is(new Set(pumpStationRegisters.map(({ id }) => id)).size, pumpStationRegisters.length);
});

test("a part of a value can be read, holes read 0, and nothing lies beyond the table", (t) => {
  const { bank } = open();
  t.deepEqual(bank.read("input", 32, 2), [0x5075, 0x6d70]);
  t.deepEqual(bank.read("input", 33, 1), [0x6d70]);
  t.deepEqual(bank.read("input", 40, 8), [0, 0, 0, 0, 0, 0, 0, 0]);
  t.is(bank.read("input", 40, 9), illegalDataAddress);
  t.is(bank.read("coil", 8, 1), illegalDataAddress);
});

test("bits of one word are read together", (t) => {
  const { bank, station } = open();
  station.command({ automatic: false });
  station.highLevelAlarm = true;
  station.lowLevelAlarm = true;
  t.deepEqual(bank.read("input", 16, 1), [3]);
});

test("a setpoint of two registers is written whole or not at all", (t) => {
  const { bank, station } = open();
  const words = toWords({ area: "holding", address: 2, type: "float32" }, 2.25);
  t.is(bank.write("holding", 2, words.slice(0, 1)), illegalDataAddress);
  t.is(bank.write("holding", 3, words.slice(1)), illegalDataAddress);
  t.is(bank.write("holding", 2, words), undefined);
  t.is(station.settings.startLevel, 2.25);
});

test("one write of several setpoints is all or nothing", (t) => {
  const { bank, station } = open();
  const start = toWords({ area: "holding", address: 2, type: "float32" }, 2);
  const stop = toWords({ area: "holding", address: 4, type: "float32", order: "CDAB" }, 1.95);
  t.is(bank.write("holding", 2, [...start, ...stop]), illegalDataValue);
  t.is(station.settings.startLevel, 1.8);
  t.is(bank.write("holding", 0, [0, 900]), undefined);
  t.is(station.settings.speed, 90);
  t.false(station.settings.automatic);
});

test("what nobody may write is refused: readings, holes, spare bits, unknown modes", (t) => {
  const { bank } = open();
  t.is(bank.write("holding", 10, [0]), illegalDataAddress);
  t.is(bank.write("holding", 8, [900, 1, 0]), illegalDataAddress);
  t.is(bank.write("holding", 9, [2]), illegalDataValue);
  t.is(bank.write("holding", 0, [2]), illegalDataValue);
  t.is(bank.write("coil", 3, [1]), illegalDataAddress);
});

test("the pump's coil follows the mode", (t) => {
  const { bank, station } = open();
  t.is(bank.write("coil", 0, [1]), serverDeviceFailure);
  t.is(bank.write("holding", 0, [0]), undefined);
  t.is(bank.write("coil", 0, [1]), undefined);
  t.true(station.run);
  t.deepEqual(bank.read("coil", 0, 3), [1, 0, 0]);
});
