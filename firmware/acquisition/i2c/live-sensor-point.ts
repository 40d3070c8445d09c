import type { ResolvedSensorPoint } from "../../../shared/acquisition/i2c/resolve-sensor.ts";
import { isNoValue, type Reading } from "../../../shared/acquisition/i2c/sensor-driver.ts";
import { PointTracker } from "../../../shared/acquisition/point-tracker.ts";
import { ReportFilter } from "../../../shared/acquisition/report-filter.ts";
import type { Sample } from "../../../shared/acquisition/sample.ts";
import { roundingOf, scalingOf } from "../../../shared/acquisition/values/scaling.ts";
import type { Instant } from "../../../shared/base/units.ts";

/** A configured point of a sensor with what is known of it now. */
export class LiveSensorPoint {
  readonly point: ResolvedSensorPoint;
  readonly tracker: PointTracker;
  /** Another one where other settings come into force. */
  filter: ReportFilter;
  readonly #convert: (reading: number | bigint) => number | bigint;

  constructor(thing: string, point: ResolvedSensorPoint, now: Instant) {
    this.point = point;
    this.tracker = new PointTracker(thing, point.id, now);
    this.filter = new ReportFilter(point.report);
    const scaling = scalingOf(point.scale, point.offset);
    const round = point.decimals === undefined ? undefined : roundingOf(point.decimals);
    this.#convert = (reading) => {
      const scaled = scaling === undefined ? reading : scaling.value(Number(reading));
      return round === undefined || typeof scaled === "bigint" ? scaled : round(scaled);
    };
  }

  /** The sample for what the driver gave. */
  measured(reading: Reading | undefined, at: Instant): Sample {
    if (reading === undefined) return this.tracker.denied("the chip does not measure this", at);
    return isNoValue(reading) ? this.tracker.denied(reading.noValue, at) : this.tracker.measured(this.#convert(reading), at);
  }
}
