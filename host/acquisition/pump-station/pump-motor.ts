import { type Millis, millis } from "../../../shared/base/units.ts";

/** The states of the pump, by the number that the station's register shows. */
export const RunState = { stopped: 0, starting: 1, running: 2, stopping: 3, tripped: 4 } as const;
export type RunState = (typeof RunState)[keyof typeof RunState];

const ambient = 18;
/** Losses become heat: K per W of motor input, once settled, with water flowing past the motor. */
const cooledRise = 0.0145;
/** The same with the motor in still water or air. */
const uncooledRise = 0.085;
/** Time until 63 % of a change in temperature. */
const thermalLag = millis(240_000);
/** Time from standstill to full speed. */
const softRamp = millis(10_000);
const hardRamp = millis(2_000);

/** The pump's motor behind its drive: ramps to the wanted speed and warms up with a lag. */
export class PumpMotor {
  /** Share of the rated speed, 0 to 1. */
  speed = 0;
  /** Of the windings, °C. */
  temperature = ambient;
  runState: RunState = RunState.stopped;
  /** Times started. */
  starts = 0;
  /** Time at any speed above standstill. */
  running: Millis = millis(0);

  /**
   * Lets `span` pass.
   * @param run whether the pump shall run; ignored while tripped
   * @param target wanted speed, 0 to 1
   */
  turn(span: Millis, run: boolean, target: number, softStart: boolean): void {
    const wanted = run && this.runState !== RunState.tripped ? target : 0;
    const change = span / (softStart ? softRamp : hardRamp);
    if (wanted > 0 && (this.runState === RunState.stopped || this.runState === RunState.stopping)) {
      if (this.runState === RunState.stopped) this.starts++;
      this.runState = RunState.starting;
    }
    this.speed = wanted > this.speed ? Math.min(wanted, this.speed + change) : Math.max(wanted, this.speed - change);
    if (this.speed > 0) this.running = millis(this.running + span);
    if (this.runState === RunState.tripped) return;
    if (wanted > 0) {
      if (this.speed === wanted) this.runState = RunState.running;
    } else this.runState = this.speed > 0 ? RunState.stopping : RunState.stopped;
  }

  /** Lets `span` of heating by `power` (W at the terminals) pass. */
  heat(span: Millis, power: number, cooled: boolean): void {
    const settled = ambient + power * (cooled ? cooledRise : uncooledRise);
    this.temperature += (settled - this.temperature) * (1 - Math.exp(-span / thermalLag));
  }

  trip(): void {
    this.runState = RunState.tripped;
  }

  reset(): void {
    if (this.runState === RunState.tripped) this.runState = this.speed > 0 ? RunState.stopping : RunState.stopped;
  }
}
