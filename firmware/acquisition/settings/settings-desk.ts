import type { ResolvedSchedule } from "../../../shared/acquisition/tasks/resolve-schedule.ts";
import type { Clock } from "../../../shared/base/clock.ts";
import { codeAndReason } from "../../../shared/base/edge-error.ts";
import type { JsonObject, JsonValue } from "../../../shared/base/json.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { Millis } from "../../../shared/base/units.ts";
import { CommandOutcome, type CommandResult } from "../../../shared/connectors/link/command-record.ts";
import { depthWithin, mergePatch } from "../../../shared/twin/merge-patch.ts";
import { SettingsFile } from "./settings-file.ts";
import { type ConfiguredThing, isPolled, periodOf, pollingOf, type ThingPolling } from "./thing-polling.ts";
import { parseSettings, SettingsRefused, type ThingSettings } from "./thing-settings.ts";

export interface SettingsDeskParts {
  /** Where the settings are kept. */
  readonly file: string;
  readonly things: readonly ConfiguredThing[];
  readonly schedules: ReadonlyMap<string, ResolvedSchedule>;
  readonly clock: Clock;
  /** Every change and refusal ends as one entry here: who, what, before, after. */
  readonly log: Log;
}

interface Desk {
  readonly thing: ConfiguredThing;
  readonly polled: ReadonlySet<string>;
  settings: ThingSettings;
}

/** The feature of a thing by which its polling is set. */
export const settingsFeature = "settings";

const deepest = 4;
/** Settings of one thing as JSON: twice so much fits the record of a command's end. */
const mostCharacters = 16_384;

/**
 * How things are polled, as configured and as set at run time. What is set is on disk before it is in force, and is in force after the next start too; what
 * is refused changes nothing.
 */
export class SettingsDesk {
  readonly #parts: SettingsDeskParts;
  readonly #file: SettingsFile;
  readonly #desks = new Map<string, Desk>();
  readonly #listeners: ((thing: string) => void)[] = [];
  #running: Promise<unknown> = Promise.resolve();

  private constructor(parts: SettingsDeskParts, file: SettingsFile) {
    this.#parts = parts;
    this.#file = file;
  }

  /** Settings that do not fit the configuration any more are left out, and the log says so. */
  static async open(parts: SettingsDeskParts): Promise<SettingsDesk> {
    const { things, log } = parts;
    const file = new SettingsFile(parts);
    const kept = await file.load();
    const desk = new SettingsDesk(parts, file);
    for (const thing of things) {
      const polled = new Set(thing.points.filter(isPolled).map(({ id }) => id));
      let settings: ThingSettings = {};
      try {
        settings = parseSettings(kept[thing.thing] ?? {}, polled);
      } catch (error) {
        log.warn({ thing: thing.thing, err: error }, "what was set of the thing does not fit its configuration any more: it is left out");
      }
      desk.#desks.set(thing.thing, { thing, polled, settings });
    }
    return desk;
  }

  /** Things that can be set: those that are polled and have no point of that name. */
  get things(): readonly string[] {
    return [...this.#desks.keys()].filter((thing) => this.has(thing));
  }

  has(thing: string): boolean {
    const desk = this.#desks.get(thing);
    return desk !== undefined && desk.polled.size > 0 && !desk.thing.points.some(({ id }) => id === settingsFeature);
  }

  /** Put together anew with each call: it is asked for seldom, and there may be many points. */
  polling(thing: string): ThingPolling | undefined {
    const desk = this.#desks.get(thing);
    return desk === undefined ? undefined : pollingOf(desk.thing, this.#parts.schedules, desk.settings);
  }

  /** Time between two polls by point; those that are not polled, or by the calendar, are left out. */
  periods(thing: string): ReadonlyMap<string, Millis> {
    const periods = new Map<string, Millis>();
    const polling = this.polling(thing);
    if (polling?.enabled !== true) return periods;
    for (const [id, { schedule }] of polling.points) {
      const followed = polling.schedules.get(schedule);
      const period = followed === undefined ? undefined : periodOf(followed);
      if (period !== undefined) periods.set(id, period);
    }
    return periods;
  }

  /** What is in force: `enabled`, the `period` where it is one for all points, and `points` as far as they are set. */
  inForce(thing: string): JsonObject {
    const { enabled = true, points = {}, period: set } = this.#desks.get(thing)?.settings ?? {};
    const [one, ...others] = this.polling(thing)?.schedules.values() ?? [];
    const period = set ?? (one === undefined || others.length > 0 ? undefined : periodOf(one));
    return { enabled, ...(period !== undefined && { period }), points: asJson(points) };
  }

  /** Told of every thing whose polling is another, when that is on disk. */
  onChange(listener: (thing: string) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * Changes what is set, by merge patch: null takes a member back to the configuration, and null as a whole all of them. RFC 7396.
   * @param who the principal that asked
   */
  change(thing: string, patch: JsonValue, who: string): Promise<CommandResult> {
    const next = this.#running.then(() => this.#change(thing, patch, who));
    this.#running = next;
    return next;
  }

  async #change(thing: string, patch: JsonValue, who: string): Promise<CommandResult> {
    const { log } = this.#parts;
    const desk = this.#desks.get(thing);
    if (desk === undefined)
      return { outcome: CommandOutcome.refused, code: "EDGE_SETTINGS_REFUSED", reason: `${thing} is not polled here` };
    const before = this.inForce(thing);
    try {
      const settings = patch === null ? {} : patched(desk, patch);
      await this.#file.save({ ...this.#all(), [thing]: settings });
      desk.settings = settings;
    } catch (error) {
      const result = {
        outcome: error instanceof SettingsRefused ? CommandOutcome.refused : CommandOutcome.failed,
        ...codeAndReason(error),
      };
      log.warn({ thing, who, before, ...result }, "settings were not taken");
      return { ...result, before };
    }
    const after = this.inForce(thing);
    log.info({ thing, who, before, after }, "how a thing is polled was changed");
    for (const listener of this.#listeners) listener(thing);
    return { outcome: CommandOutcome.done, before, after };
  }

  #all(): Record<string, ThingSettings> {
    return Object.fromEntries([...this.#desks].map(([thing, { settings }]) => [thing, settings]));
  }
}

/** @throws {SettingsRefused} */
function patched({ settings, polled }: Desk, patch: JsonValue): ThingSettings {
  if (!depthWithin(patch, deepest)) throw new SettingsRefused("the whole", "an object of enabled, period and points");
  const next = parseSettings(mergePatch(asJson(settings), patch), polled);
  if (JSON.stringify(next).length > mostCharacters) throw new SettingsRefused("points", `at most ${mostCharacters} characters in all`);
  return next;
}

function asJson(settings: ThingSettings | NonNullable<ThingSettings["points"]>): JsonObject {
  const copy: JsonObject = JSON.parse(JSON.stringify(settings));
  return copy;
}
