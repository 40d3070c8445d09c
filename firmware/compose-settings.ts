import path from "node:path";
import type { Clock } from "../shared/base/clock.ts";
import type { JsonObject } from "../shared/base/json.ts";
import type { Log } from "../shared/base/log.ts";
import type { Broker } from "../shared/broker/ports.ts";
import type { DescribedThing } from "../shared/connectors/link/board-description.ts";
import { describeThings } from "../shared/connectors/link/describe-things.ts";
import type { CommandExecutor } from "../shared/connectors/ports.ts";
import type { ResolvedConfig } from "../shared/console/resolve-config.ts";
import { SettingsDesk, settingsFeature } from "./acquisition/settings/settings-desk.ts";
import { SettingsExecutor } from "./acquisition/settings/settings-executor.ts";
import { SettingsView } from "./acquisition/settings/settings-view.ts";
import type { ThingPolling } from "./acquisition/settings/thing-polling.ts";

export interface SettingsParts {
  readonly config: ResolvedConfig;
  /** Directory of all stores. */
  readonly data: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** What has to be done when other settings come into force, and who is told. */
export interface SettingsFollowers {
  readonly adjust: (thing: string, polling: ThingPolling) => void;
  readonly broker: Pick<Broker, "publish" | "listened">;
  readonly note?: ((thing: string, feature: string, value: JsonObject) => void) | undefined;
  readonly described?: (() => void) | undefined;
}

export interface ComposedSettings {
  readonly view: SettingsView;
  polling(thing: string): ThingPolling | undefined;
  /** Commands that set how things are polled are carried out here, the others by `next`. */
  executor(next: CommandExecutor): CommandExecutor;
  /** What the board has, polled as it is now. */
  things(): readonly DescribedThing[];
  /** Tells what is in force, and from now on what comes into force. */
  follow(followers: SettingsFollowers): void;
}

/** Reads what is set of the polling, and wires it to those who poll, who are told, and who ask. */
export async function composeSettings({ config, data, clock, log }: SettingsParts): Promise<ComposedSettings> {
  const { id: board, devices, sensors, schedules } = config;
  const desk = await SettingsDesk.open({ file: path.join(data, "settings.json"), things: [...devices, ...sensors], schedules, clock, log });
  const view = new SettingsView({ desk, since: clock.wall() });
  return {
    view,
    polling: (thing) => desk.polling(thing),
    executor: (next) => new SettingsExecutor(desk, next),
    things: () =>
      describeThings({
        board,
        devices,
        sensors,
        periodsOf: (thing) => desk.periods(thing),
        settingsOf: (thing) => (desk.has(thing) ? settingsFeature : undefined),
      }),
    follow({ adjust, broker, note, described }) {
      for (const thing of desk.things) note?.(thing, settingsFeature, desk.inForce(thing));
      desk.onChange((thing) => {
        const polling = desk.polling(thing);
        if (polling !== undefined) adjust(thing, polling);
        view.changed(thing, clock.wall(), broker, log);
        note?.(thing, settingsFeature, desk.inForce(thing));
        described?.();
      });
    },
  };
}
