import { type HealthPart, type HealthSource, HealthState } from "../../shared/console/health-part.ts";

/** What `/health` answers. */
export interface HealthReport {
  readonly state: HealthState;
  readonly checks: readonly HealthPart[];
}

const rank: Readonly<Record<HealthState, number>> = { ok: 0, degraded: 1, failing: 2 };

/** The worst check decides. */
export function healthReport(sources: readonly HealthSource[]): HealthReport {
  const checks = sources.flatMap((source) => source.health());
  let state: HealthState = HealthState.ok;
  for (const check of checks) if (rank[check.state] > rank[state]) state = check.state;
  return { state, checks };
}
