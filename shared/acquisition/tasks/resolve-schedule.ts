import { parseDuration } from "../../base/duration.ts";
import { type Millis, millis } from "../../base/units.ts";
import type { Schedule } from "./schedule.ts";
import type { ScheduleConfig } from "./schedule-config.ts";

/** The schedule of points and devices that name none. A configuration may give it another meaning. */
export const defaultScheduleName = "default";
const defaultSchedule: ScheduleConfig = { every: "1 s" };
const defaultPriority = 5;
const defaultDeadline = millis(60_000);

/** A schedule with all its defaults. */
export interface ResolvedSchedule {
  readonly name: string;
  readonly schedule: Schedule;
  /** 0 goes first. */
  readonly priority: number;
  readonly deadline: Millis;
}

function scheduleOf(config: ScheduleConfig): Schedule {
  if ("cron" in config) return { kind: "cron", pattern: config.cron, zone: config.zone ?? "UTC" };
  if ("once" in config) return { kind: "once", after: parseDuration(config.once) };
  const every = parseDuration(config.every);
  return config.phase === undefined ? { kind: "periodic", every } : { kind: "periodic", every, phase: parseDuration(config.phase) };
}

/** Fills in the defaults. @throws {BadDuration} only for what the schema refuses */
export function resolveSchedule(name: string, config: ScheduleConfig): ResolvedSchedule {
  const schedule = scheduleOf(config);
  const usual = schedule.kind === "periodic" ? schedule.every : defaultDeadline;
  return {
    name,
    schedule,
    priority: config.priority ?? defaultPriority,
    deadline: config.deadline === undefined ? usual : parseDuration(config.deadline),
  };
}

/** All schedules by name, the default one included. */
export function resolveSchedules(configs: Readonly<Record<string, ScheduleConfig>>): ReadonlyMap<string, ResolvedSchedule> {
  const all = new Map([[defaultScheduleName, resolveSchedule(defaultScheduleName, defaultSchedule)]]);
  for (const [name, config] of Object.entries(configs)) all.set(name, resolveSchedule(name, config));
  return all;
}
