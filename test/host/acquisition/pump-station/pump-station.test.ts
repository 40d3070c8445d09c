import test from "ava";
import fc from "fast-check";
import { RunState } from "../../../../host/acquisition/pump-station/pump-motor.ts";
import { type PumpCommand, PumpStation, TripCause, wellArea, wellDepth } from "../../../../host/acquisition/pump-station/pump-station.ts";
import { instant, millis } from "../../../../shared/base/units.ts";

const midnight = instant(1_700_006_400_000);
const second = millis(1000);
const minutes = (count: number) => millis(count * 60_000);
const station = (seed = 1): PumpStation => new PumpStation({ seed, start: midnight });

/** A station in manual mode with its pump at full speed. */
function pumping(): PumpStation {
  const pumped = station();
  pumped.command({ automatic: false, run: true, speed: 100 });
  pumped.step(millis(15_000));
  return pumped;
}

const arbitraryCommand: fc.Arbitrary<PumpCommand> = fc.record(
  {
    automatic: fc.boolean(),
    run: fc.boolean(),
    reset: fc.boolean(),
    storm: fc.boolean(),
    softStart: fc.boolean(),
    speed: fc.double({ min: 0, max: 120, noNaN: true }),
    startLevel: fc.double({ min: 0, max: 4, noNaN: true }),
    stopLevel: fc.double({ min: 0, max: 4, noNaN: true }),
    temperatureLimit: fc.double({ min: 0, max: 150, noNaN: true }),
  },
  { requiredKeys: [] },
);

test("whatever is done to the station, no water is lost or made, the level stays in the well and the counters never fall", (t) => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.array(fc.tuple(arbitraryCommand, fc.integer({ min: 1, max: 120_000 })), { maxLength: 12 }),
      (seed, steps) => {
        const subject = station(seed);
        const before = subject.level * wellArea;
        let last = { energy: 0, running: 0, starts: 0, pumped: 0 };
        for (const [command, span] of steps) {
          subject.command(command);
          subject.step(millis(span));
          const balance = before + subject.inflowVolume - subject.pumpedVolume - subject.spiltVolume;
          t.true(Math.abs(balance - subject.level * wellArea) < 1e-9);
          t.true(subject.level >= 0 && subject.level <= wellDepth + 1e-9);
          const { energy, motor, pumpedVolume } = subject;
          t.true(energy >= last.energy && motor.running >= last.running && motor.starts >= last.starts && pumpedVolume >= last.pumped);
          last = { energy, running: motor.running, starts: motor.starts, pumped: pumpedVolume };
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("the same seed and the same steps give the same history, another seed another", (t) => {
  const [first, same, other] = [station(7), station(7), station(8)];
  for (const subject of [first, same, other]) subject.step(minutes(30));
  t.is(first.level, same.level);
  t.is(first.energy, same.energy);
  t.not(first.level, other.level);
});

test("in automatic mode the pump keeps the level between its setpoints", (t) => {
  const subject = station();
  let highest = 0;
  let lowest = 9;
  for (let at = 0; at < 3600; at++) {
    subject.step(second);
    highest = Math.max(highest, subject.level);
    lowest = Math.min(lowest, subject.level);
  }
  t.true(subject.motor.starts >= 3);
  t.true(highest > subject.settings.startLevel && highest < subject.settings.startLevel + 0.1);
  t.true(lowest < subject.settings.stopLevel && lowest > subject.settings.stopLevel - 0.1);
});

test("in manual mode the run command starts and stops the pump, by way of a ramp", (t) => {
  const subject = station();
  t.is(subject.command({ automatic: false }), "done");
  subject.step(second);
  t.is(subject.duty.flow, 0);
  const still = subject.duty.pressure;

  t.is(subject.command({ run: true }), "done");
  subject.step(second);
  t.is(subject.motor.runState, RunState.starting);
  subject.step(millis(15_000));
  t.is(subject.motor.runState, RunState.running);
  t.true(subject.duty.flow * 3600 > 20 && subject.duty.pressure > still && subject.duty.power > 1000 && subject.duty.current > 3);
  const full = subject.level;
  subject.step(minutes(1));
  t.true(subject.level < full);

  t.is(subject.command({ run: false }), "done");
  subject.step(second);
  t.is(subject.motor.runState, RunState.stopping);
  subject.step(millis(15_000));
  t.is(subject.motor.runState, RunState.stopped);
  t.is(subject.duty.flow, 0);
  t.is(subject.duty.current, 0);
});

test("a slower pump moves less water with less power", (t) => {
  const subject = pumping();
  const fast = subject.duty;
  subject.command({ speed: 70 });
  subject.step(millis(5000));
  t.is(subject.motor.speed, 0.7);
  t.true(subject.duty.flow < fast.flow && subject.duty.power < fast.power / 2);
});

test("without soft start the pump is at speed within 2 s", (t) => {
  const subject = station();
  subject.command({ automatic: false, run: true, softStart: false });
  subject.step(millis(2000));
  t.is(subject.motor.runState, RunState.running);
});

test("a motor warms up slowly and trips at its limit; it can be reset once it has cooled down", (t) => {
  const subject = pumping();
  const cold = subject.motor.temperature;
  t.true(cold < 25);
  subject.command({ temperatureLimit: 30 });
  subject.step(millis(45_000));
  t.is(subject.tripCause, TripCause.none);
  subject.step(minutes(2));
  t.is(subject.tripCause, TripCause.overTemperature);
  t.is(subject.motor.runState, RunState.tripped);
  t.is(subject.command({ run: true }), "untimely");
  t.is(subject.command({ reset: true }), "untimely");
  subject.step(minutes(10));
  t.is(subject.motor.speed, 0);
  t.is(subject.command({ reset: true, run: true }), "done");
  subject.step(millis(15_000));
  t.is(subject.motor.runState, RunState.running);
});

test("a pump that has emptied the well draws air and trips after 5 s without water, and not before", (t) => {
  const subject = pumping();
  while (subject.duty.flow > 0) subject.step(millis(100));
  subject.step(millis(4700));
  t.is(subject.tripCause, TripCause.none);
  subject.step(millis(400));
  t.is(subject.tripCause, TripCause.dryRun);
  t.false(subject.run);
  t.is(subject.command({ reset: true }), "untimely");
  while (subject.level <= 0.26) subject.step(millis(200));
  t.is(subject.command({ reset: true }), "done");
  t.is(subject.tripCause, TripCause.none);
});

test("a storm on a stopped pump raises the high alarm and then spills", (t) => {
  const subject = station();
  subject.command({ automatic: false, storm: true });
  subject.step(minutes(6));
  const { highLevelAlarm } = subject;
  subject.step(minutes(20));
  t.true(highLevelAlarm || subject.highLevelAlarm);
  t.true(subject.overflowing && subject.spiltVolume > 0);
  t.true(Math.abs(subject.level - wellDepth) < 1e-9);
});

test("the low alarm comes below its limit and stays until the level is clearly above", (t) => {
  const subject = pumping();
  while (subject.level >= 0.6) subject.step(millis(200));
  t.true(subject.lowLevelAlarm);
  subject.command({ run: false });
  while (subject.level < 0.63) subject.step(millis(200));
  t.true(subject.lowLevelAlarm);
  while (subject.level < 0.66) subject.step(millis(200));
  t.false(subject.lowLevelAlarm);
});

test("settings out of range or in conflict change nothing at all", (t) => {
  const subject = station();
  const before = subject.settings;
  for (const command of [{ speed: 39.9 }, { speed: 100.1 }, { startLevel: 0.95 }, { stopLevel: 2 }, { startLevel: Number.NaN }]) {
    t.is(subject.command({ ...command, automatic: false }), "unsound");
    t.is(subject.settings, before);
  }
});

test("in automatic mode the run command is the controller's: only what it already is passes", (t) => {
  const subject = station();
  t.is(subject.command({ run: true }), "untimely");
  t.is(subject.command({ run: false }), "done");
  t.is(subject.command({ automatic: false, run: true }), "done");
});
