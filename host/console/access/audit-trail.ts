import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { Metric, MetricSource } from "../../../shared/base/metric.ts";
import { millis } from "../../../shared/base/units.ts";
import type { Actor } from "../../../shared/twin/access/access-ports.ts";
import { auditDone } from "../../../shared/twin/access/audit-done.ts";
import type { Attempt, RefusalLog } from "../../../shared/twin/access/audit-port.ts";
import type { AuditDraft, GatewayStore } from "../../../shared/twin/store-ports.ts";

export interface AuditTrailParts {
  readonly store: Pick<GatewayStore, "commit">;
  readonly clock: Clock;
  readonly log: Log;
}

interface Line {
  readonly draft: AuditDraft;
  count: number;
}

const gather = millis(1000);
const again = millis(10_000);
/** Different lines of one actor within a second; the rest of his become one. */
const mostOfOne = 20;
/** Different lines within a second; the rest become one. */
const mostLines = 200;
const longestId = 256;
const rest = "*";

/** Writes refusals into the audit log, at most some lines a second however many there are. */
export class AuditTrail implements RefusalLog, MetricSource {
  readonly #parts: AuditTrailParts;
  #lines = new Map<string, Line>();
  #ofOne = new Map<string, number>();
  #disarm: Disarm | undefined;
  #writing: Promise<void> = Promise.resolve();
  #closed = false;
  #refusals = 0;
  #merged = 0;
  #failures = 0;

  constructor(parts: AuditTrailParts) {
    this.#parts = parts;
  }

  refused(actor: Actor, attempt: Attempt, code: string): void {
    this.#refusals++;
    const id = attempt.id.slice(0, longestId);
    const ofOne = this.#ofOne.get(actor.id) ?? 0;
    const full = this.#lines.size >= mostLines;
    const exact = this.#add(actor, { ...attempt, id }, code, !full && ofOne < mostOfOne);
    if (exact === "new") this.#ofOne.set(actor.id, ofOne + 1);
    if (exact === "no room") {
      this.#merged++;
      const all = { action: rest, kind: rest, id: rest };
      const one = this.#add(actor, all, code, !full);
      if (one === "no room") this.#add({ id: rest, type: actor.type, via: actor.via }, all, rest, true);
    }
    if (!this.#closed) this.#disarm ??= this.#parts.clock.after(gather, () => void this.flush());
  }

  /** Writes what is gathered now. */
  flush(): Promise<void> {
    this.#disarm?.();
    this.#disarm = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  metrics(): readonly Metric[] {
    const counter = (name: string, help: string, value: number): Metric => ({
      name,
      help,
      type: "counter",
      values: [{ labels: {}, value }],
    });
    return [
      counter("penstock_refusals_total", "Requests that were refused.", this.#refusals),
      counter(
        "penstock_audit_merged_total",
        "Refusals that share a line of the audit log because there were too many at once.",
        this.#merged,
      ),
      counter("penstock_audit_failures_total", "Times that refusals could not be written; they are tried again.", this.#failures),
    ];
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.flush();
  }

  /** Counts one more of a line that is there; makes it where there is room. */
  #add(actor: Actor, attempt: Attempt, code: string, room: boolean): "known" | "new" | "no room" {
    const { outcome: _done, ...line } = auditDone(actor, attempt);
    const draft: AuditDraft = { ...line, outcome: "refused", code };
    const key = JSON.stringify(draft);
    const known = this.#lines.get(key);
    if (known !== undefined) known.count++;
    else if (room) this.#lines.set(key, { draft, count: 1 });
    if (known !== undefined) return "known";
    return room ? "new" : "no room";
  }

  async #write(): Promise<void> {
    const lines = this.#lines;
    if (lines.size === 0) return;
    this.#lines = new Map();
    this.#ofOne = new Map();
    const audit = [...lines.values()].map(({ draft, count }) => (count === 1 ? draft : { ...draft, count }));
    try {
      await this.#parts.store.commit({ actor: "system", audit });
    } catch (error) {
      if (this.#failures++ === 0 || this.#closed) this.#parts.log.error({ error, lines: lines.size }, "refusals cannot be audited");
      this.#keep(lines);
    }
  }

  /** Takes lines back that could not be written, for later; what has no room is counted in one line. */
  #keep(lines: ReadonlyMap<string, Line>): void {
    for (const [key, { draft, count }] of lines) {
      const known = this.#lines.get(key);
      if (known !== undefined) known.count += count;
      else if (this.#lines.size < mostLines) this.#lines.set(key, { draft, count });
      else this.#merged += count;
    }
    if (!this.#closed) this.#disarm ??= this.#parts.clock.after(again, () => void this.flush());
  }
}
