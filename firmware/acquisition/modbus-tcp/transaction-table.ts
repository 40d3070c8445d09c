import type { Millis } from "../../../shared/base/units.ts";
import type { PendingExchange } from "../modbus-line/pending-exchange.ts";

/** What an incoming frame is to the table: the answer to one exchange, one that comes too late for its exchange, or none of ours. */
export type FrameVerdict = PendingExchange | "late" | "foreign";

/** How many unanswered ids one connection bears before it has to be replaced. */
const quarantineBound = 4096;
const idCount = 0x1_0000;

/**
 * Transactions under way on one connection, by their 16-bit id. Ids go round, so that one is used again as late as possible. The id of an
 * exchange that was given up is quarantined until its late reply has come or the connection is replaced: no reply can meet another request.
 * @see Modbus Messaging on TCP/IP Implementation Guide V1.0b §3.1.3
 */
export class TransactionTable {
  readonly #underWay = new Map<number, PendingExchange>();
  /** Id to unit and function of the request that was given up. */
  readonly #quarantined = new Map<number, number>();
  #next = 1;

  get size(): number {
    return this.#underWay.size;
  }

  /** True when too many ids are quarantined to go on with this connection. */
  get exhausted(): boolean {
    return this.#quarantined.size >= quarantineBound;
  }

  /** Gives an exchange its id. */
  begin(exchange: PendingExchange): number {
    let id = this.#next;
    while (this.#underWay.has(id) || this.#quarantined.has(id)) id = (id + 1) % idCount;
    this.#next = (id + 1) % idCount;
    this.#underWay.set(id, exchange);
    return id;
  }

  /** Finds what a frame answers, and ends that transaction. Id, unit and function must all fit; an exception reply has the top bit of the function set. */
  match(id: number, unit: number, replyFunction: number): FrameVerdict {
    const asked = signature(unit, replyFunction & 0x7f);
    const exchange = this.#underWay.get(id);
    if (exchange !== undefined) {
      if (signature(exchange.unit, exchange.function) !== asked) return "foreign";
      this.#underWay.delete(id);
      return exchange;
    }
    return this.#quarantined.get(id) === asked && this.#quarantined.delete(id) ? "late" : "foreign";
  }

  /** Ends the transactions whose deadline has come and quarantines their ids. */
  expire(now: Millis): readonly PendingExchange[] {
    const expired: PendingExchange[] = [];
    for (const [id, exchange] of this.#underWay) {
      if (exchange.deadline > now) continue;
      this.#underWay.delete(id);
      this.#quarantined.set(id, signature(exchange.unit, exchange.function));
      expired.push(exchange);
    }
    return expired;
  }

  /** Ends all transactions, for their connection is gone; nothing can answer them, so their ids are free again. */
  clear(): readonly PendingExchange[] {
    const ended = [...this.#underWay.values()];
    this.#underWay.clear();
    this.#quarantined.clear();
    return ended;
  }

  [Symbol.iterator](): Iterator<PendingExchange> {
    return this.#underWay.values();
  }
}

function signature(unit: number, functionCode: number): number {
  return unit * 0x100 + functionCode;
}
