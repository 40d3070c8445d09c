import { Ads1115, type Ads1115Settings } from "./chips/ads1115.ts";
import { Bme280, type Oversampling } from "./chips/bme280.ts";
import { RegisterMap, type RegisterMapSettings } from "./chips/register-map.ts";
import { Sht31 } from "./chips/sht31.ts";
import type { ChipPlace, SensorDriver } from "./sensor-driver.ts";

/** A kind of chip with all that is to be known of this one. */
export type ChipSettings =
  | { readonly kind: "bme280"; readonly oversampling: Oversampling }
  | { readonly kind: "sht31" }
  | ({ readonly kind: "ads1115" } & Ads1115Settings)
  | ({ readonly kind: "register-map" } & RegisterMapSettings);

/** The driver for a chip. A leaf that knows its chip takes the driver's own file instead. */
export function chipDriver(settings: ChipSettings, place: ChipPlace): SensorDriver {
  switch (settings.kind) {
    case "bme280":
      return new Bme280(place, settings.oversampling);
    case "sht31":
      return new Sht31(place);
    case "ads1115":
      return new Ads1115(place, settings);
    case "register-map":
      return new RegisterMap(place, settings);
  }
}
