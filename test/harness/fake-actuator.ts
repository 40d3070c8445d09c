import type { Actuator, WritePolicy, WriteResult } from "../../shared/acquisition/ports.ts";
import type { PointValue } from "../../shared/acquisition/sample.ts";
import { millis } from "../../shared/base/units.ts";

/** An actuator for `pump/speed` that does as the test says. */
export class FakeActuator implements Actuator {
  readonly written: { readonly value: PointValue; readonly who: string }[] = [];
  /** What the next writes come to; the last one stays. */
  outcomes: WriteResult["outcome"][] = ["written"];
  hold = false;
  /** Holds writes back until it resolves. */
  gate: Promise<void> = Promise.resolve();

  policy(thing: string, feature: string): WritePolicy | undefined {
    if (thing !== "pump" || feature !== "speed") return undefined;
    return {
      expiry: millis(10_000),
      hold: this.hold,
      refusal: (value) => (typeof value === "number" && value > 100 ? { code: "EDGE_WRITE_REFUSED", reason: "at most 100" } : undefined),
      same: (a, b) => a === b,
    };
  }

  async write(_thing: string, _feature: string, value: PointValue, who: string): Promise<WriteResult> {
    this.written.push({ value, who });
    await this.gate;
    const outcome = this.outcomes.length > 1 ? this.outcomes.shift() : this.outcomes[0];
    if (outcome === "written") return { outcome, before: 1, after: value };
    return { outcome: outcome ?? "failed", code: "EDGE_MODBUS_TIMEOUT", reason: "no reply", before: 1, after: null };
  }
}
