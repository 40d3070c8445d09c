import type { I2cBus, ModbusLine } from "../../shared/acquisition/ports.ts";
import type { HealthPart, HealthSource } from "../../shared/console/health-part.ts";

/** What health needs to know of a device. */
export interface DeviceHealth {
  readonly device: { readonly thing: string };
  readonly online: boolean;
  /** False: it is switched off. */
  readonly asked: boolean;
  readonly reason: string;
}

/** What health needs to know of a store. */
export interface StoreHealth {
  readonly name: string;
  /** How it was found at start, or since. */
  readonly recovery: "clean" | "repaired" | "lost";
  /** True while the disk takes what is written. */
  readonly writable: () => boolean;
}

export interface BoardHealthParts {
  readonly lines: Iterable<Pick<ModbusLine, "id" | "up">>;
  /** Default none. */
  readonly buses?: Iterable<Pick<I2cBus, "id" | "up">>;
  readonly devices: readonly DeviceHealth[];
  readonly stores: readonly StoreHealth[];
}

/** How many devices are named one by one; of more, the count says enough. */
const mostNamed = 20;

/** The board as `/health` shows it: stores that cannot be written fail it; lines and devices that are away degrade it. */
export class BoardHealth implements HealthSource {
  readonly #parts: BoardHealthParts;

  constructor(parts: BoardHealthParts) {
    this.#parts = parts;
  }

  health(): readonly HealthPart[] {
    return [...this.#stores(), ...this.#lines(), ...this.#buses(), ...this.#devices()];
  }

  *#stores(): Generator<HealthPart> {
    for (const { name, recovery, writable } of this.#parts.stores) {
      if (!writable()) yield { name: `store ${name}`, state: "failing", detail: "the disk refuses writes; see the log" };
      else if (recovery === "clean") yield { name: `store ${name}`, state: "ok" };
      else
        yield {
          name: `store ${name}`,
          state: "degraded",
          detail:
            recovery === "lost"
              ? "it was beyond repair and begun anew; the old one lies beside it"
              : "it was damaged and repaired; what could not be read lies beside it",
        };
    }
  }

  *#lines(): Generator<HealthPart> {
    for (const { id, up } of this.#parts.lines)
      yield { name: `line ${id}`, state: up ? "ok" : "degraded", ...(!up && { detail: "not connected" }) };
  }

  *#buses(): Generator<HealthPart> {
    for (const { id, up } of this.#parts.buses ?? [])
      yield { name: `bus ${id}`, state: up ? "ok" : "degraded", ...(!up && { detail: "it cannot be opened, or is stuck" }) };
  }

  *#devices(): Generator<HealthPart> {
    const devices = this.#parts.devices.filter(({ asked }) => asked);
    const off = this.#parts.devices.length - devices.length;
    const away = devices.filter(({ online }) => !online);
    yield {
      name: "devices",
      state: away.length === 0 ? "ok" : "degraded",
      detail: `${devices.length - away.length} of ${devices.length} answer${off === 0 ? "" : `, ${off} switched off`}`,
    };
    for (const { device, reason } of away.slice(0, mostNamed)) yield { name: `device ${device.thing}`, state: "degraded", detail: reason };
  }
}
