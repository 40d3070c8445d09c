import type { AbstractValueIterator } from "abstract-level";
import { type StopSignal, throwIfStopped } from "../../../shared/base/stop-signal.ts";
import type { AuditDocument } from "../../../shared/twin/documents/event-document.ts";
import type { AuditDraft } from "../../../shared/twin/store-ports.ts";
import { type AuditHead, auditRoot, hashAuditLine } from "./audit-chain.ts";
import { parseStored } from "./parse-stored.ts";
import type { StoreDatabase } from "./store-database.ts";
import type { StoreGate } from "./store-gate.ts";
import { asText, endOf, numberedKey, Space } from "./store-keys.ts";

const headKey = `${Space.meta}audit`;
/** Lines read at a time. */
const chunk = 500;

/** The audit log of a store: a chain that only grows. Where it ends is kept apart too, so that a cut is found. */
export class AuditLog {
  readonly #db: StoreDatabase;
  readonly #gate: StoreGate;
  #head: AuditHead = { seq: 0, hash: auditRoot };

  constructor(db: StoreDatabase, gate: StoreGate) {
    this.#db = db;
    this.#gate = gate;
  }

  /** The line that is on disk last. */
  get head(): AuditHead {
    return this.#head;
  }

  /** Reads where the log ends: as it was noted, or as far as lines are where a repair lost the note. */
  async load(): Promise<void> {
    const noted = await this.#db.get<string, string>(headKey, asText);
    const [last] = await this.#lines({ limit: 1, reverse: true }).all();
    const line: AuditDocument | undefined = last === undefined ? undefined : JSON.parse(last);
    const head: AuditHead = noted === undefined ? { seq: 0, hash: auditRoot } : parseStored(headKey, noted);
    this.#head = line !== undefined && line.seq > head.seq ? { seq: line.seq, hash: line.hash } : head;
  }

  /** What to write for more lines, and where the log ends then. */
  extend(
    head: AuditHead,
    drafts: readonly AuditDraft[],
    at: number,
  ): { readonly head: AuditHead; readonly puts: readonly (readonly [string, string])[] } {
    let { seq, hash } = head;
    const puts = drafts.map((draft): readonly [string, string] => {
      const line = { ...draft, seq: seq + 1, at, prev: hash };
      seq += 1;
      hash = hashAuditLine(line);
      return [numberedKey(Space.audit, seq), JSON.stringify({ ...line, hash })];
    });
    const end = { seq, hash };
    return { head: end, puts: drafts.length === 0 ? [] : [...puts, [headKey, JSON.stringify(end)]] };
  }

  settle(head: AuditHead): void {
    this.#head = head;
  }

  async read(after: number, limit: number, reverse: boolean): Promise<readonly AuditDocument[]> {
    const behind = reverse ? (after > 0 ? { lt: numberedKey(Space.audit, after) } : {}) : { gt: numberedKey(Space.audit, after) };
    const texts = await this.#gate.pass(() => this.#lines({ ...behind, limit, reverse }).all());
    return texts.map((text): AuditDocument => JSON.parse(text));
  }

  /** Every line, oldest first. @throws {Stopped} */
  async *all(stop: StopSignal): AsyncGenerator<AuditDocument> {
    for (let after = 0; ; ) {
      throwIfStopped(stop);
      const some = await this.read(after, chunk, false);
      yield* some;
      const last = some.at(-1);
      if (last === undefined) return;
      after = last.seq;
    }
  }

  #lines(range: {
    readonly gt?: string;
    readonly lt?: string;
    readonly limit?: number;
    readonly reverse?: boolean;
  }): AbstractValueIterator<StoreDatabase, string, string> {
    const lower = range.gt === undefined ? { gte: Space.audit } : {};
    return this.#db.values<string, string>({ ...asText, lt: endOf(Space.audit), ...lower, ...range });
  }
}
