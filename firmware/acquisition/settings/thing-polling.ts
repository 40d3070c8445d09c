import type { ResolvedReport } from "../../../shared/acquisition/resolve-point.ts";
import type { ResolvedSchedule } from "../../../shared/acquisition/tasks/resolve-schedule.ts";
import { type Millis, millis } from "../../../shared/base/units.ts";
import type { PointSettings, ThingSettings } from "./thing-settings.ts";

/** A thing as configured, as far as its polling goes. */
export interface ConfiguredThing {
  readonly thing: string;
  readonly points: readonly ConfiguredPoint[];
}

export interface ConfiguredPoint {
  readonly id: string;
  readonly schedule: string;
  readonly report: ResolvedReport;
  /** Sensors: absent. */
  readonly access?: "read" | "read-write" | "write";
}

/** How one point is polled. */
export interface PointPolling {
  /** Name in {@link ThingPolling.schedules}. */
  readonly schedule: string;
  readonly report: ResolvedReport;
}

/** How a thing is polled: as configured, where its settings do not say otherwise. */
export interface ThingPolling {
  readonly enabled: boolean;
  /** Those that points of the thing follow. */
  readonly schedules: ReadonlyMap<string, ResolvedSchedule>;
  /** By id, those that are polled. */
  readonly points: ReadonlyMap<string, PointPolling>;
}

/** What is said of a thing that is switched off. */
export const switchedOff = "polling is switched off by its settings";

export const isPolled = ({ access }: ConfiguredPoint): boolean => access !== "write";

/** How a thing is polled. Points of a period of their own keep priority and deadline of the schedule that they are configured for. */
export function pollingOf(
  { points }: Pick<ConfiguredThing, "points">,
  configured: ReadonlyMap<string, ResolvedSchedule>,
  settings: ThingSettings = {},
): ThingPolling {
  const schedules = new Map<string, ResolvedSchedule>();
  const polled = new Map<string, PointPolling>();
  for (const point of points) {
    const schedule = configured.get(point.schedule);
    if (!isPolled(point) || schedule === undefined) continue;
    const own: PointSettings = settings.points?.[point.id] ?? {};
    const followed = withPeriod(schedule, own.period ?? settings.period);
    schedules.set(followed.name, followed);
    polled.set(point.id, { schedule: followed.name, report: withDeadband(point.report, own.deadband) });
  }
  return { enabled: settings.enabled ?? true, schedules, points: polled };
}

/** Milliseconds between two polls; `undefined` where the calendar says when. */
export function periodOf({ schedule }: ResolvedSchedule): Millis | undefined {
  return schedule.kind === "periodic" ? schedule.every : undefined;
}

function withPeriod(schedule: ResolvedSchedule, period: number | undefined): ResolvedSchedule {
  if (period === undefined || period === periodOf(schedule)) return schedule;
  const every = millis(period);
  return { ...schedule, name: `${schedule.name}@${period}ms`, schedule: { kind: "periodic", every }, deadline: every };
}

function withDeadband(report: ResolvedReport, deadband: number | undefined): ResolvedReport {
  return deadband === undefined ? report : { mode: "change", absolute: deadband, percent: 0, heartbeat: report.heartbeat };
}
