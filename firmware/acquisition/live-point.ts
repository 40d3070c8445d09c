import type { PointTracker } from "../../shared/acquisition/point-tracker.ts";
import type { PolledValue } from "../../shared/acquisition/reads/poll-plan.ts";
import type { ReportFilter } from "../../shared/acquisition/report-filter.ts";
import type { ResolvedDevice } from "../../shared/acquisition/resolve-device.ts";
import type { ResolvedPoint } from "../../shared/acquisition/resolve-point.ts";
import type { ValueCodec } from "../../shared/acquisition/values/value-codec.ts";

/** A configured point with what is known of it now. The poller and the actuator share it. */
export interface LivePoint extends PolledValue {
  readonly device: ResolvedDevice;
  readonly point: ResolvedPoint;
  readonly codec: ValueCodec;
  readonly tracker: PointTracker;
  /** Another one where other settings come into force. */
  filter: ReportFilter;
}
