import type { UplinkState } from "../../shared/connectors/ports.ts";
import type { HealthPart, HealthSource } from "../../shared/console/health-part.ts";

/** How the board stands with its gateway, as `/health` shows it. A board without its gateway works on: degraded at most. */
export class UplinkHealth implements HealthSource {
  readonly #state: () => UplinkState;

  constructor(parts: { readonly state: () => UplinkState }) {
    this.#state = parts.state;
  }

  health(): readonly HealthPart[] {
    const state = this.#state();
    switch (state.name) {
      case "connected":
        return [{ name: "uplink", state: "ok" }];
      case "recovering": {
        const eta = state.etaMs === undefined ? "" : `, about ${Math.ceil(state.etaMs / 1000)} s`;
        return [{ name: "uplink", state: "ok", detail: `${state.remaining} old records are on their way${eta}` }];
      }
      case "offline":
        return [{ name: "uplink", state: "degraded", detail: `offline since ${new Date(state.since).toISOString()}: ${state.reason}` }];
    }
  }
}
