/** What an operator can set on the station. Levels in m above the floor of the well. */
export interface PumpSettings {
  /** True: the levels start and stop the pump. False: the run command does. */
  readonly automatic: boolean;
  /** Wanted speed, % of rated. */
  readonly speed: number;
  /** Automatic mode starts the pump here. */
  readonly startLevel: number;
  /** Automatic mode stops the pump here. */
  readonly stopLevel: number;
  readonly highLevel: number;
  readonly lowLevel: number;
  /** The motor trips here, °C. */
  readonly temperatureLimit: number;
  /** Ramps to full speed in 10 s instead of 2 s. */
  readonly softStart: boolean;
}

export const defaultPumpSettings: PumpSettings = {
  automatic: true,
  speed: 85,
  startLevel: 1.8,
  stopLevel: 0.9,
  highLevel: 2.6,
  lowLevel: 0.6,
  temperatureLimit: 95,
  softStart: true,
};

/** What each number may be; the station refuses anything else. */
export const pumpSettingRanges = {
  speed: { min: 40, max: 100 },
  startLevel: { min: 0.5, max: 3 },
  stopLevel: { min: 0.3, max: 2.5 },
  highLevel: { min: 1, max: 3 },
  lowLevel: { min: 0.1, max: 1.5 },
  temperatureLimit: { min: 25, max: 130 },
} as const;

/** Automatic mode needs this much water between stop and start, m. */
export const leastSpan = 0.1;

const rangedNames = ["speed", "startLevel", "stopLevel", "highLevel", "lowLevel", "temperatureLimit"] as const;

/** True when every number is in its range and the stop level lies clearly below the start level. */
export function arePumpSettingsSound(settings: PumpSettings): boolean {
  const ranged = rangedNames.every(
    (name) => settings[name] >= pumpSettingRanges[name].min && settings[name] <= pumpSettingRanges[name].max,
  );
  return ranged && settings.startLevel - settings.stopLevel >= leastSpan;
}
