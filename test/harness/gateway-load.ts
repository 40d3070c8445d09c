import { isJsonObject, type JsonObject, type JsonValue } from "../../shared/base/json.ts";
import type { GatewayPlant } from "./gateway-plant.ts";
import { thingOf } from "./gateway-plant.ts";

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
/** Longer than any test: an operation waits for its board. */
const expiresIn = 600_000;

/** An operation that was acknowledged. */
export interface PromisedOperation {
  readonly id: string;
  readonly board: string;
  readonly value: number;
}

/**
 * Asks the gateway for one thing after the other and remembers what was acknowledged. What is not answered is asked for again with the same key, as a
 * client does that must not do it twice.
 */
export class GatewayLoad {
  readonly operations: PromisedOperation[] = [];
  /** By board, the last desired value that was acknowledged, and that was asked for. */
  readonly wished = new Map<string, number>();
  readonly asked = new Map<string, number>();
  /** Things that were made. */
  readonly things: string[] = [];
  /** Changes of documents that were acknowledged. */
  patches = 0;
  /** Answers that are neither success nor a gateway that is down. */
  readonly faults: string[] = [];
  readonly #plant: GatewayPlant;
  #loops: Promise<void>[] = [];
  #stopped = true;

  constructor(plant: GatewayPlant) {
    this.#plant = plant;
  }

  begin(): void {
    this.#stopped = false;
    for (const board of this.#plant.boards) this.#loops.push(this.#command(board), this.#wish(board));
    this.#loops.push(this.#make());
  }

  async end(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#loops);
    this.#loops = [];
  }

  /** Values, each of which is written at most once. */
  async #command(board: string): Promise<void> {
    for (let value = this.operations.length + 1; !this.#stopped; value += 1) {
      const target = { thing: thingOf(board), feature: "op" };
      const intent = { type: "feature.write", target, input: { value }, idempotencyKey: `${board}-${value}`, expiresIn };
      const operation = await this.#ask("POST", "/api/v1/operations", intent);
      if (operation !== undefined) this.operations.push({ id: String(operation["id"]), board, value });
      await pause();
    }
  }

  async #wish(board: string): Promise<void> {
    for (let value = (this.asked.get(board) ?? 0) + 1; !this.#stopped; value += 1) {
      this.asked.set(board, value);
      const feature = await this.#ask("PATCH", `/api/v1/things/${thingOf(board)}/features/wish`, { desired: { value } });
      if (feature !== undefined) {
        this.wished.set(board, value);
        this.patches += 1;
      }
      await pause();
    }
  }

  async #make(): Promise<void> {
    for (let n = this.things.length; !this.#stopped; n += 1) {
      const id = `made-${n}`;
      const made = await this.#ask("POST", "/api/v1/things", { id, kind: "site" });
      if (made !== undefined) this.things.push(id);
      await pause();
    }
  }

  /** Asks until somebody answers. @returns the answer; `undefined` when the load ended first */
  async #ask(method: string, target: string, body: JsonValue): Promise<JsonObject | undefined> {
    for (let again = false; !this.#stopped; again = true) {
      try {
        const answer = await this.#plant.gateway.request(method, target, body);
        const value: unknown = await answer.json();
        if (answer.ok && isJsonObject(value)) return value;
        // What was made without anybody hearing of it is there.
        if (again && answer.status === 409) return {};
        // Boards tell what they have soon after they are taken in.
        if (answer.status !== 404 && answer.status !== 429 && answer.status !== 503 && this.faults.length < 20)
          this.faults.push(`${method} ${target}: ${answer.status} ${JSON.stringify(value).slice(0, 300)}`);
      } catch {
        // The gateway is down, or went down before it answered.
      }
      await pause();
    }
    return undefined;
  }
}
