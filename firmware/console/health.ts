/** `ok` all is well · `degraded` the board works but something it depends on does not · `failing` the board cannot do its job. */
export const HealthState = { ok: "ok", degraded: "degraded", failing: "failing" } as const;
export type HealthState = (typeof HealthState)[keyof typeof HealthState];

/** One thing that was looked at. */
export interface HealthCheck {
  readonly name: string;
  readonly state: HealthState;
  /** Why it is not `ok`, or a figure worth knowing. */
  readonly detail?: string;
}

/** Whoever can say how it is. */
export interface HealthSource {
  health(): readonly HealthCheck[];
}

/** What `/health` answers. */
export interface HealthReport {
  readonly state: HealthState;
  readonly checks: readonly HealthCheck[];
}

const rank: Readonly<Record<HealthState, number>> = { ok: 0, degraded: 1, failing: 2 };

/** The worst check decides. */
export function healthReport(sources: readonly HealthSource[]): HealthReport {
  const checks = sources.flatMap((source) => source.health());
  let state: HealthState = HealthState.ok;
  for (const check of checks) if (rank[check.state] > rank[state]) state = check.state;
  return { state, checks };
}
