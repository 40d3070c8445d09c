import { Stopped, type StopSignal } from "../../shared/base/stop-signal.ts";
import { payloadValue } from "../../shared/broker/payloads.ts";
import { CommandOutcome, type CommandResult } from "../../shared/connectors/link/command-record.ts";
import type { CommandExecutor, LinkCommand } from "../../shared/connectors/ports.ts";
import { isPointValue } from "../../shared/twin/desired-value.ts";
import type { DesiredReconciler, IntentResult } from "./desired-reconciler.ts";

/**
 * Carries out a gateway's commands as desired values: by the same rules, with the same audit as those that are asked for on the board itself, but for one
 * thing: what a restart interrupted is not written again, since it happens at most once.
 */
export class TwinCommandExecutor implements CommandExecutor {
  readonly #reconciler: Pick<DesiredReconciler, "want">;

  constructor(reconciler: Pick<DesiredReconciler, "want">) {
    this.#reconciler = reconciler;
  }

  /** @throws {Stopped} the board ends before the device has answered */
  async execute({ thing, feature, value, who }: LinkCommand, stop: StopSignal): Promise<CommandResult> {
    if (!isPointValue(value)) {
      const reason = "the value is neither a truth value, a number, a text nor a list of these";
      return { outcome: CommandOutcome.refused, code: "EDGE_SET_INVALID", reason };
    }
    const stopped = new Promise<never>((_, reject) => {
      if (stop.aborted) reject(new Stopped());
      else stop.addEventListener("abort", () => reject(new Stopped()));
    });
    return resultOf(await Promise.race([this.#reconciler.want(thing, feature, value, `${who} by the gateway`, true), stopped]));
  }
}

function resultOf({ state, code, reason, before, after }: IntentResult): CommandResult {
  return {
    outcome: CommandOutcome[state],
    ...(code !== undefined && { code }),
    ...(reason !== undefined && { reason }),
    ...(before !== undefined && { before: payloadValue(before) }),
    ...(after !== undefined && { after: payloadValue(after) }),
  };
}
