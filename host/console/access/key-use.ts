import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import { millis } from "../../../shared/base/units.ts";
import type { GatewayStore, StatePut } from "../../../shared/twin/store-ports.ts";

export interface KeyUseParts {
  readonly store: Pick<GatewayStore, "states" | "commit">;
  readonly clock: Clock;
  readonly log: Log;
}

const prefix = "access/key-used/";
const writeEvery = millis(60_000);

/** The state under which it is kept when a key was used last. */
export const keyUseState = (key: string): string => `${prefix}${key}`;

/** When keys were used last: beside their documents, because it is no change of them, and written at most once a minute. */
export class KeyUse {
  readonly #parts: KeyUseParts;
  readonly #used = new Map<string, number>();
  readonly #dirty = new Set<string>();
  #disarm: Disarm | undefined;

  private constructor(parts: KeyUseParts) {
    this.#parts = parts;
  }

  static async open(parts: KeyUseParts): Promise<KeyUse> {
    const use = new KeyUse(parts);
    for (const [key, at] of await parts.store.states(prefix)) if (typeof at === "number") use.#used.set(key.slice(prefix.length), at);
    return use;
  }

  /** Only for keys that exist: that bounds it. */
  touch(key: string): void {
    this.#used.set(key, this.#parts.clock.wall());
    this.#dirty.add(key);
    this.#disarm ??= this.#parts.clock.after(writeEvery, () => void this.flush());
  }

  at(key: string): number | undefined {
    return this.#used.get(key);
  }

  /** @returns what has to be committed when a key goes */
  forget(key: string): StatePut {
    this.#used.delete(key);
    this.#dirty.delete(key);
    return { key: keyUseState(key), value: undefined };
  }

  async flush(): Promise<void> {
    this.#disarm?.();
    this.#disarm = undefined;
    const state = [...this.#dirty].flatMap((key) => {
      const value = this.#used.get(key);
      return value === undefined ? [] : [{ key: keyUseState(key), value }];
    });
    this.#dirty.clear();
    if (state.length === 0) return;
    try {
      await this.#parts.store.commit({ actor: "system", state });
    } catch (error) {
      this.#parts.log.warn({ error }, "it cannot be written down when keys were used");
    }
  }

  close(): Promise<void> {
    return this.flush();
  }
}
