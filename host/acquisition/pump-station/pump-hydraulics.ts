/** Where pump and pipe meet. */
export interface DutyPoint {
  /** Through the pump, m³/s. Never negative: a check valve stands behind the pump. */
  readonly flow: number;
  /** Gauge pressure behind the check valve, bar. */
  readonly pressure: number;
  /** Taken at the motor's terminals, W. */
  readonly power: number;
  /** In each of the three phases, A. */
  readonly current: number;
}

const waterWeight = 9810;
const pascalPerBar = 100_000;

/** Head at full speed and no flow, m. */
const shutOffHead = 22;
/** How fast the head falls with flow: m per (m³/s)². */
const pumpSlope = 45_000;
/** Friction of the rising main: m per (m³/s)². */
const pipeSlope = 67_000;
/** The main ends this high above the floor of the well, m. */
const outletHeight = 6;
const pumpEfficiency = 0.72;
const motorEfficiency = 0.9;
/** Friction and churning at full speed, W at the shaft. */
const idlePower = 350;
const lineVoltage = 400;
/** Current that builds the motor's field, A, whatever the load. */
const fieldCurrent = 3;

/**
 * Finds the duty point by the affinity laws: the pump gives `shutOffHead · speed² − pumpSlope · flow²`, the main wants
 * `outletHeight − level + pipeSlope · flow²`.
 * @param speed share of the rated speed, 0 to 1
 * @param level water above the floor of the well, m
 * @param wet false when the pump draws air
 */
export function dutyPoint(speed: number, level: number, wet: boolean): DutyPoint {
  const surplus = shutOffHead * speed ** 2 - (outletHeight - level);
  const flow = wet && surplus > 0 ? Math.sqrt(surplus / (pumpSlope + pipeSlope)) : 0;
  const head = shutOffHead * speed ** 2 - pumpSlope * flow ** 2;
  const shaft = idlePower * speed ** 3 + (waterWeight * flow * head) / pumpEfficiency;
  const power = shaft / motorEfficiency;
  return {
    flow,
    pressure: (waterWeight * (outletHeight + pipeSlope * flow ** 2)) / pascalPerBar,
    power,
    current: speed > 0 ? Math.hypot(power / (Math.sqrt(3) * lineVoltage), fieldCurrent) : 0,
  };
}
