import { exceptionFlag } from "../../../shared/acquisition/modbus/modbus-function.ts";
import { type Millis, millis } from "../../../shared/base/units.ts";
import type { PendingExchange } from "../modbus-line/pending-exchange.ts";

/**
 * Requests that were given up and may still be answered. A serial frame has no transaction id: the late reply to one read is, byte for byte, a good
 * reply to the next read of the same size. So until it has come, or as long again as was waited for it has passed, nothing is asked of that
 * unit with that function; requests to others and with other functions go on, for a late reply cannot be taken for theirs.
 */
export class LateReplies {
  /** By unit and function: until when a reply may come. */
  readonly #until = new Map<number, Millis>();

  /** A request was sent and not answered. */
  gaveUp(exchange: PendingExchange, now: Millis): void {
    this.#until.set(key(exchange.unit, exchange.function), millis(now + exchange.timeout));
  }

  /** True while a late reply could be taken for the reply to this exchange. */
  holds(exchange: PendingExchange, now: Millis): boolean {
    if (this.#until.size === 0) return false;
    const id = key(exchange.unit, exchange.function);
    const until = this.#until.get(id);
    if (until === undefined) return false;
    if (until > now) return true;
    this.#until.delete(id);
    return false;
  }

  /** When the exchange need not wait any longer. */
  endOf(exchange: PendingExchange): Millis | undefined {
    return this.#until.get(key(exchange.unit, exchange.function));
  }

  /** A frame came that nobody waits for. True when it is the late reply to a request that was given up. */
  came(unit: number, functionCode: number): boolean {
    return this.#until.delete(key(unit, functionCode & ~exceptionFlag));
  }
}

function key(unit: number, functionCode: number): number {
  return unit * 0x100 + functionCode;
}
