import { type Instant, instant, type Millis, millis } from "../../../shared/base/units.ts";
import { type DutyPoint, dutyPoint } from "./pump-hydraulics.ts";
import { PumpInflow } from "./pump-inflow.ts";
import { PumpMotor, RunState } from "./pump-motor.ts";
import { arePumpSettingsSound, defaultPumpSettings, type PumpSettings } from "./pump-settings.ts";
import { seededRandom } from "./seeded-random.ts";

/** Why the pump tripped, by the number that the station's register shows. */
export const TripCause = { none: 0, overTemperature: 1, dryRun: 2 } as const;
export type TripCause = (typeof TripCause)[keyof typeof TripCause];

/** One operation: settings to change and buttons to press, taken as a whole or not at all. */
export interface PumpCommand extends Partial<PumpSettings> {
  /** Runs or stops the pump. Manual mode only. */
  readonly run?: boolean;
  /** True clears a trip whose cause is gone. */
  readonly reset?: boolean;
  /** Three times the inflow while true. */
  readonly storm?: boolean;
}

/** `unsound` a value out of range · `untimely` a command that the station cannot carry out as it stands. */
export type PumpCommandResult = "done" | "unsound" | "untimely";

/** Floor area of the well, m². */
export const wellArea = 1.2;
/** The well spills at this level, m. */
export const wellDepth = 3.2;
/** Below this level the pump draws air, m. */
const inletLevel = 0.15;
/** A pump that has drawn air moves no water until its inlet lies this deep again, m. */
const primingLevel = 0.25;
/** So long may the pump run without moving water. */
const dryRunDelay = millis(5000);
/** An alarm goes off this far from its limit, m. */
const levelHysteresis = 0.05;
/** A trip by heat can be reset this far below the limit, K. */
const coolDown = 5;
/** Longer spans are walked in such pieces. */
const longestStep = millis(200);
const secondsPerMilli = 0.001;

/**
 * A wet well with one pump, as physics and a small controller move it. Knows no clock: `step` lets time pass, and the same seed and the same steps
 * give the same history. Volumes in m³, flows in m³/s.
 */
export class PumpStation {
  readonly motor = new PumpMotor();
  readonly #inflow: PumpInflow;
  readonly #random: () => number;
  #at: Instant;
  #settings: PumpSettings = defaultPumpSettings;
  #run = false;
  #storm = false;
  #duty: DutyPoint;
  #wet = true;
  #dry: Millis = millis(0);
  /** Water in the well above its floor, m. */
  level = 1.2;
  /** The level as its sensor shows it: waves of a few millimetres. */
  levelReading = 1.2;
  inflow = 0;
  inflowVolume = 0;
  pumpedVolume = 0;
  spiltVolume = 0;
  /** Taken from the mains, Wh. Never falls. */
  energy = 0;
  tripCause: TripCause = TripCause.none;
  highLevelAlarm = false;
  lowLevelAlarm = false;
  overflowing = false;

  /** @param parts `start` is the wall time that the daily pattern begins at */
  constructor(parts: { readonly seed: number; readonly start: Instant }) {
    this.#random = seededRandom(parts.seed);
    this.#inflow = new PumpInflow({ random: this.#random });
    this.#at = parts.start;
    this.#duty = dutyPoint(0, this.level, true);
  }

  get settings(): PumpSettings {
    return this.#settings;
  }

  /** True while the operator or, in automatic mode, the controller wants the pump to run. */
  get run(): boolean {
    return this.#run;
  }

  get storm(): boolean {
    return this.#storm;
  }

  /** Flow, pressure, power and current as they are now. */
  get duty(): DutyPoint {
    return this.#duty;
  }

  get tripped(): boolean {
    return this.motor.runState === RunState.tripped;
  }

  /** Carries out all of `command` or nothing of it. */
  command(command: PumpCommand): PumpCommandResult {
    const { run, reset, storm, ...changes } = command;
    const settings = { ...this.#settings, ...changes };
    if (!arePumpSettingsSound(settings)) return "unsound";
    const resets = reset === true && this.tripped;
    if (resets && !this.#mayReset(settings)) return "untimely";
    if (run !== undefined && run !== this.#run && (settings.automatic || (run && this.tripped && !resets))) return "untimely";
    this.#settings = settings;
    if (resets) {
      this.motor.reset();
      this.tripCause = TripCause.none;
      this.#dry = millis(0);
    }
    if (run !== undefined) this.#run = run;
    if (storm !== undefined) this.#storm = storm;
    return "done";
  }

  /** Lets `span` pass. */
  step(span: Millis): void {
    for (let left: number = span; left > 0; left -= longestStep) this.#advance(millis(Math.min(left, longestStep)));
  }

  #advance(span: Millis): void {
    this.#at = instant(this.#at + span);
    this.#control();
    this.motor.turn(span, this.#run, this.#settings.speed / 100, this.#settings.softStart);
    this.#moveWater(span);
    this.motor.heat(span, this.#duty.power, this.#duty.flow > 0 || this.motor.speed === 0);
    this.energy += (this.#duty.power * span) / 3_600_000;
    this.#guard(span);
  }

  #control(): void {
    const { automatic, startLevel, stopLevel } = this.#settings;
    if (!automatic) return;
    if (this.tripped) this.#run = false;
    else if (this.level >= startLevel) this.#run = true;
    else if (this.level <= stopLevel) this.#run = false;
  }

  #moveWater(span: Millis): void {
    const seconds = span * secondsPerMilli;
    this.inflow = this.#inflow.advance(span, this.#at, this.#storm);
    this.#wet = this.level > (this.#wet ? inletLevel : primingLevel);
    this.#duty = dutyPoint(this.motor.speed, this.level, this.#wet);
    const before = this.level * wellArea;
    const added = this.inflow * seconds;
    const pumped = Math.min(this.#duty.flow * seconds, before + added);
    const spilt = Math.max(0, before + added - pumped - wellDepth * wellArea);
    this.inflowVolume += added;
    this.pumpedVolume += pumped;
    this.spiltVolume += spilt;
    this.overflowing = spilt > 0;
    this.level = Math.max(0, (before + added - pumped - spilt) / wellArea);
    this.levelReading = Math.max(0, this.level + (this.#random() - 0.5) * 0.004);
  }

  /** Raises and clears alarms, and trips the pump. */
  #guard(span: Millis): void {
    const { highLevel, lowLevel, temperatureLimit } = this.#settings;
    this.highLevelAlarm = this.level > highLevel - (this.highLevelAlarm ? levelHysteresis : 0);
    this.lowLevelAlarm = this.level < lowLevel + (this.lowLevelAlarm ? levelHysteresis : 0);
    const dry = this.motor.speed > 0 && !this.#wet;
    this.#dry = millis(dry ? this.#dry + span : 0);
    if (this.tripped) return;
    if (this.#dry >= dryRunDelay) this.#trip(TripCause.dryRun);
    else if (this.motor.temperature >= temperatureLimit) this.#trip(TripCause.overTemperature);
  }

  #trip(cause: TripCause): void {
    this.motor.trip();
    this.tripCause = cause;
    this.#run = false;
  }

  #mayReset(settings: PumpSettings): boolean {
    return this.tripCause === TripCause.dryRun ? this.#wet : this.motor.temperature <= settings.temperatureLimit - coolDown;
  }
}
