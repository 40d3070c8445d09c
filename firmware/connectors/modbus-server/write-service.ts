import { ExceptionCode } from "../../../shared/acquisition/modbus/modbus-errors.ts";
import type { Actuator } from "../../../shared/acquisition/ports.ts";
import type { Clock } from "../../../shared/base/clock.ts";
import { codeAndReason } from "../../../shared/base/edge-error.ts";
import type { Log } from "../../../shared/base/log.ts";
import { RateWindow } from "../../../shared/base/rate-window.ts";
import { millis } from "../../../shared/base/units.ts";
import type { IntentAnswer, IntentTaker } from "../../../shared/connectors/modbus-server/intent-taker.ts";
import type { RegisterImage, WantedValue } from "../../../shared/connectors/modbus-server/register-image.ts";
import type { ServerCounters } from "./server-counters.ts";

export interface WriteServiceParts {
  readonly image: RegisterImage;
  readonly actuator: Pick<Actuator, "policy">;
  readonly intents: IntentTaker;
  readonly counters: ServerCounters;
  readonly clock: Clock;
  readonly log: Log;
}

/** So many refusals are logged in any minute; of more, the next line says how many. A client that goes on and on must not fill the log. */
const refusalsLogged = 30;
const minute = millis(60_000);

/** Codes of a board that cannot take more just now. */
const busyCodes: ReadonlySet<string> = new Set(["EDGE_TWIN_BUSY", "EDGE_SET_BUSY"]);

const worst = (a: ExceptionCode | undefined, b: ExceptionCode): ExceptionCode => (a === ExceptionCode.serverDeviceFailure ? a : b);

/** Makes what clients write the desired values of points. */
export class WriteService {
  readonly #parts: WriteServiceParts;
  readonly #logged = new RateWindow(refusalsLogged, minute);
  #unsaid = 0;

  constructor(parts: WriteServiceParts) {
    this.#parts = parts;
  }

  /**
   * Carries one write out. `undefined`: all desired values are on disk and being pursued, whatever the device will say · else the exception:
   * 02 not served or not to be written · 03 the point's rule refuses a value: then none is taken · 04 a value could not be kept · 06 too many at once.
   * @param who names the client in the audit log
   */
  async write(
    area: "coil" | "holding",
    address: number,
    quantity: number,
    data: Uint8Array,
    who: string,
  ): Promise<ExceptionCode | undefined> {
    const { counters, image } = this.#parts;
    const values = image.write(area, address, quantity, data);
    if (typeof values === "number") {
      this.#warn({ who, area, address, quantity, exception: values }, "a Modbus client wrote what it may not");
      counters.writes.refused += 1;
      return values;
    }
    const changes = values.filter((wanted) => !this.#standsAlready(wanted));
    counters.writes.unchanged += values.length - changes.length;
    for (const wanted of changes) {
      const refusal = this.#refusal(wanted);
      if (refusal === undefined) continue;
      counters.writes.refused += 1;
      this.#audit(wanted, who, { accepted: false, state: "refused", ...refusal });
      return ExceptionCode.illegalDataValue;
    }
    const answers = await Promise.all(changes.map((wanted) => this.#accept(wanted, who)));
    return answers.reduce<ExceptionCode | undefined>((all, one) => (one === undefined ? all : worst(all, one)), undefined);
  }

  /** A client that says again what the point holds changes nothing: that must not wear out flash and device. */
  #standsAlready({ thing, feature, repeated, reported, value }: WantedValue): boolean {
    if (!repeated || reported === undefined) return false;
    return this.#parts.actuator.policy(thing, feature)?.same(reported, value) === true;
  }

  #refusal({ thing, feature, value }: WantedValue): { readonly code: string; readonly reason: string } | undefined {
    const policy = this.#parts.actuator.policy(thing, feature);
    if (policy === undefined) return { code: "EDGE_WRITE_UNKNOWN", reason: `${thing}/${feature} is no point that may be written` };
    return policy.refusal(value);
  }

  async #accept(wanted: WantedValue, who: string): Promise<ExceptionCode | undefined> {
    const { counters, intents } = this.#parts;
    const failed = (error: unknown): IntentAnswer => ({ accepted: false, state: "failed", ...codeAndReason(error) });
    const answer = await intents.accept(wanted.thing, wanted.feature, wanted.value, who).catch(failed);
    this.#audit(wanted, who, answer);
    if (answer.accepted) {
      counters.writes.accepted += 1;
      wanted.taken();
      return undefined;
    }
    counters.writes[answer.state] += 1;
    if (answer.state === "refused") return ExceptionCode.illegalDataValue;
    return busyCodes.has(answer.code ?? "") ? ExceptionCode.serverDeviceBusy : ExceptionCode.serverDeviceFailure;
  }

  #audit({ thing, feature, value, reported }: WantedValue, who: string, answer: IntentAnswer): void {
    const before = typeof reported === "bigint" ? String(reported) : (reported ?? null);
    const fields = { who, thing, feature, value: typeof value === "bigint" ? String(value) : value, before };
    if (answer.accepted) this.#parts.log.info(fields, "a Modbus client set a desired value");
    else {
      const { state, code, reason } = answer;
      this.#warn({ ...fields, state, code, reason }, "a Modbus client's write was not taken");
    }
  }

  #warn(fields: object, message: string): void {
    if (!this.#logged.take(this.#parts.clock.monotonic())) {
      this.#unsaid += 1;
      return;
    }
    this.#parts.log.warn({ ...fields, ...(this.#unsaid > 0 && { unsaid: this.#unsaid }) }, message);
    this.#unsaid = 0;
  }
}
