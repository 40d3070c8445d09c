import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import type { CommandResult } from "../../../shared/connectors/link/command-record.ts";
import type { CommandExecutor, LinkCommand } from "../../../shared/connectors/ports.ts";
import { type SettingsDesk, settingsFeature } from "./settings-desk.ts";

/** Carries out the commands that set how things are polled; the others go on to `next`. */
export class SettingsExecutor implements CommandExecutor {
  readonly #desk: Pick<SettingsDesk, "has" | "change">;
  readonly #next: CommandExecutor;

  constructor(desk: Pick<SettingsDesk, "has" | "change">, next: CommandExecutor) {
    this.#desk = desk;
    this.#next = next;
  }

  execute(command: LinkCommand, stop: StopSignal): Promise<CommandResult> {
    const { thing, feature, value, who } = command;
    if (feature !== settingsFeature || !this.#desk.has(thing)) return this.#next.execute(command, stop);
    return this.#desk.change(thing, value, `${who} by the gateway`);
  }
}
