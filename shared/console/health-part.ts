/** `ok` all is well · `degraded` the board works but something it depends on does not · `failing` the board cannot do its job. */
export const HealthState = { ok: "ok", degraded: "degraded", failing: "failing" } as const;
export type HealthState = (typeof HealthState)[keyof typeof HealthState];

/** One part of the board that was looked at. */
export interface HealthPart {
  /** As people call it: `store twin`, `line plc`, `watchdog`. */
  readonly name: string;
  readonly state: HealthState;
  /** Why it is not `ok`, or a figure worth knowing; one sentence part. */
  readonly detail?: string;
}

/** Whoever can say how it is: a room, or an adapter that speaks for one. Asked with each request, so it must be cheap. */
export interface HealthSource {
  health(): readonly HealthPart[];
}
