import { PumpStation } from "../../host/acquisition/pump-station/pump-station.ts";
import { pumpStationConfig } from "../../host/acquisition/pump-station-config.ts";
import { pumpStationRegisters } from "../../host/acquisition/simulator/pump-station-registers.ts";
import type { JsonValue } from "../../shared/base/json.ts";
import { instant, millis } from "../../shared/base/units.ts";
import type { BucketView } from "../../shared/console/api/record-api.ts";
import type { LiveReading } from "../../shared/console/gateway-ports.ts";
import type { FeatureOfThing } from "../../shared/twin/documents/feature-of-thing-document.ts";

const hour = 3_600_000;

/** A pump station that runs as the real one does, for consoles without a board behind them. */
export class WebMockStation {
  readonly thing: string;
  readonly features: FeatureOfThing[];
  readonly #station: PumpStation;
  #at: number;

  constructor(parts: { readonly thing: string; readonly seed: number; readonly now: number }) {
    this.thing = parts.thing;
    this.#at = parts.now;
    this.#station = new PumpStation({ seed: parts.seed, start: instant(parts.now - hour) });
    for (let minute = 0; minute < 60; minute++) this.#station.step(millis(60_000));
    this.features = this.#describe(parts.now);
  }

  /** Lets time pass to `now`. @returns the values that are others than before */
  advance(now: number): readonly LiveReading[] {
    this.#station.step(millis(Math.max(0, now - this.#at)));
    this.#at = now;
    return this.read(now);
  }

  read(now: number): readonly LiveReading[] {
    return pumpStationRegisters.map(({ id }) => ({
      thing: this.thing,
      feature: id,
      value: this.value(id),
      quality: "good",
      source: now,
      received: now + 4,
    }));
  }

  value(id: string): JsonValue {
    const register = pumpStationRegisters.find((known) => known.id === id);
    if (register === undefined) return null;
    const raw = register.read(this.#station);
    const names = "names" in register.layout ? register.layout.names : undefined;
    if (names !== undefined && typeof raw === "number") return names[String(raw)] ?? String(raw);
    return shown(raw);
  }

  /** Writes as the board would. @returns why not */
  write(id: string, value: unknown): string | undefined {
    const register = pumpStationRegisters.find((known) => known.id === id);
    if (register?.write === undefined) return "the point cannot be written";
    const number = value === "automatic" ? 1 : value === "manual" ? 0 : value;
    if (typeof number !== "number" && typeof number !== "boolean") return "the value is of another type";
    const command = register.write(number);
    const result = command === undefined ? "unsound" : this.#station.command(command);
    return result === "done"
      ? undefined
      : result === "unsound"
        ? "the device refused the value (illegal data value)"
        : "the device cannot do that as it stands";
  }

  /** A history that was never measured but looks as if: the same whenever it is asked for. */
  buckets(id: string, from: number, to: number, count: number): { readonly width: number; readonly buckets: readonly BucketView[] } {
    const width = Math.max(1000, Math.ceil((to - from) / count / 1000) * 1000);
    const now = this.value(id);
    const base = typeof now === "number" ? now : typeof now === "boolean" ? 0.5 : undefined;
    const buckets: BucketView[] = [];
    for (let begin = Math.floor(from / width) * width; begin < to; begin += width) {
      const minute = begin / 60_000;
      if (Math.floor(minute / 53) % 17 === 3 && to - from > hour) continue;
      const quality = Math.floor(minute / 7) % 41 === 5 ? "stale" : Math.floor(minute / 3) % 97 === 5 ? "uncertain" : "good";
      const wave = Math.sin(minute / 9) * 0.12 + Math.sin(minute / 240) * 0.2;
      const mean =
        base === undefined
          ? undefined
          : typeof now === "boolean"
            ? Number(Math.sin(minute / 9) > 0)
            : Math.max(0, (base === 0 ? 5 : base) * (1 + wave));
      const spread = typeof now === "boolean" ? 0 : (mean ?? 0) * Math.min(0.3, 0.01 + width / 4e7);
      const last = base === undefined ? now : (mean ?? null);
      buckets.push({
        from: begin,
        count: 12,
        ...(mean !== undefined && { min: mean - spread, max: mean + spread, mean }),
        last,
        lastAt: Math.min(begin + width - 1, to),
        quality,
        qualities: {
          good: quality === "good" ? 12 : 9,
          uncertain: quality === "uncertain" ? 3 : 0,
          bad: 0,
          stale: quality === "stale" ? 3 : 0,
        },
      });
    }
    return { width, buckets };
  }

  #describe(now: number): FeatureOfThing[] {
    const points = pumpStationConfig({ host: "127.0.0.1", port: 5020 }).devices?.[0]?.points ?? [];
    return pumpStationRegisters.map(({ id, unit, description, layout, write }) => {
      const rule = points.find((point) => point.id === id)?.write;
      const names = "names" in layout ? layout.names : undefined;
      const value = this.value(id);
      const type = Array.isArray(value) ? "list" : typeof value === "boolean" ? "boolean" : typeof value === "number" ? "number" : "text";
      const values = rule?.values ?? (write === undefined || names === undefined ? undefined : Object.values(names));
      return {
        thing: this.thing,
        id,
        owner: "board",
        traits: {
          type,
          description,
          period: 1000,
          ...(unit !== undefined && { unit }),
          ...(write !== undefined && { writable: true }),
          ...(rule?.min !== undefined && { minimum: rule.min }),
          ...(rule?.max !== undefined && { maximum: rule.max }),
          ...(values !== undefined && { values: [...values] }),
        },
        reported: { value, quality: "good", source: now, received: now },
        desiredRev: 0,
        observedRev: 0,
        rev: 1,
        createdAt: now - 30 * 24 * hour,
        updatedAt: now,
      };
    });
  }
}

/** As JSON has it, with the digits that the registers carry. */
function shown(raw: unknown): JsonValue {
  if (typeof raw === "number") return Number.isInteger(raw) ? raw : Math.round(raw * 1000) / 1000;
  if (typeof raw === "bigint") return raw <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(raw) : String(raw);
  if (Array.isArray(raw)) return raw.map(shown);
  return typeof raw === "boolean" || typeof raw === "string" ? raw : null;
}
