import type { ValueLayout } from "../../../shared/acquisition/point-config.ts";
import type { PumpCommand, PumpStation } from "../pump-station/pump-station.ts";
import type { StationValue } from "./register-words.ts";

/** One line of the station's register map: where a value lies, what it means, and how it reaches the model. */
export interface StationRegister {
  /** Also the id of the point in the default configuration. */
  readonly id: string;
  readonly layout: ValueLayout;
  /** UCUM. */
  readonly unit?: string;
  readonly description: string;
  /** The value now, scaled. */
  read(station: PumpStation): StationValue;
  /** What a written value asks of the station, `undefined` for a value that means nothing; absent where nothing can be written. */
  readonly write?: (value: number | boolean) => PumpCommand | undefined;
}
