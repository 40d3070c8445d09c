import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { Metric, MetricSource } from "../../../shared/base/metric.ts";
import { millis } from "../../../shared/base/units.ts";
import type { SessionDocument } from "../../../shared/twin/documents/principal-document.ts";
import { draftOf } from "../../../shared/twin/resources/draft-of.ts";
import type { DocumentDelete, Draft, GatewayStore } from "../../../shared/twin/store-ports.ts";
import type { AccessSettings } from "./access-settings.ts";
import { followDocuments } from "./follow-documents.ts";
import { digestOf, newSecret } from "./secrets.ts";

export interface SessionTableParts {
  readonly store: Pick<GatewayStore, "list" | "onCommit" | "commit" | "update">;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: AccessSettings;
}

interface Live {
  document: SessionDocument;
  /** Monotonic, so that a clock that is set neither ends sessions nor lets them live on. */
  usedAt: number;
  readonly endsAt: number;
  dirty: boolean;
}

/** A session to be committed, with what has to go for it. */
export interface NewSession {
  /** What the cookie holds. */
  readonly secret: string;
  readonly draft: Draft<"session">;
  readonly deletes: readonly DocumentDelete[];
}

const sweepEvery = millis(60_000);
const mostWritten = 200;

/** Log-ins that are alive, in memory as they were committed last. When they were used is written at most once a minute. */
export class SessionTable implements MetricSource {
  readonly #parts: SessionTableParts;
  readonly #sessions = new Map<string, Live>();
  #disarm: Disarm = () => undefined;
  #sweeping: Promise<void> = Promise.resolve();
  #unfollow = (): void => undefined;
  #pushedOut = 0;

  private constructor(parts: SessionTableParts) {
    this.#parts = parts;
  }

  static async open(parts: SessionTableParts): Promise<SessionTable> {
    const table = new SessionTable(parts);
    table.#unfollow = await followDocuments(parts.store, "session", {
      put: (document) => table.#take(document),
      remove: (id) => table.#sessions.delete(id),
    });
    table.#arm();
    return table;
  }

  /** The session that a cookie opens, if it is alive; counts as use. */
  use(secret: string): SessionDocument | undefined {
    const live = this.#sessions.get(digestOf(secret));
    if (live === undefined || !this.#isAlive(live)) return undefined;
    live.usedAt = this.#parts.clock.monotonic();
    live.dirty = true;
    return live.document;
  }

  /** A session by its id, if it is alive; no use of it. */
  get(id: string): SessionDocument | undefined {
    const live = this.#sessions.get(id);
    return live !== undefined && this.#isAlive(live) ? live.document : undefined;
  }

  /** When a session ends if nobody uses it, by the wall clock. */
  endOf(id: string): number {
    const live = this.#sessions.get(id);
    if (live === undefined) return 0;
    const { clock, settings } = this.#parts;
    return clock.wall() + Math.max(0, Math.min(live.endsAt, live.usedAt + settings.idle) - clock.monotonic());
  }

  /** Lays out a session; committing it makes it. Those that it takes the place of are gone at once. @param user `""` with the first-start token */
  make(user: string, options: { readonly onlyPassword: boolean; readonly instead?: readonly string[] }): NewSession {
    const { clock, settings } = this.#parts;
    const secret = newSecret();
    const now = clock.wall();
    const gone = new Set(options.instead ?? []);
    const others = [...this.#sessions.values()].filter(({ document }) => !gone.has(document.id)).sort((a, b) => a.usedAt - b.usedAt);
    const own = others.filter(({ document }) => document.user === user);
    for (const { document } of own.slice(0, Math.max(0, own.length + 1 - settings.sessionsPerUser))) gone.add(document.id);
    const left = others.filter(({ document }) => !gone.has(document.id));
    for (const { document } of left.slice(0, Math.max(0, left.length + 1 - settings.sessions))) gone.add(document.id);
    this.#pushedOut += gone.size - (options.instead?.length ?? 0);
    const draft: Draft<"session"> = {
      id: digestOf(secret),
      user,
      csrf: newSecret(),
      expiresAt: now + settings.absolute,
      usedAt: now,
      ...(options.onlyPassword && { onlyPassword: true }),
    };
    return { secret, draft, deletes: this.end([...gone]) };
  }

  /** Sessions of a user. */
  of(user: string): readonly string[] {
    return [...this.#sessions.values()].flatMap(({ document }) => (document.user === user ? [document.id] : []));
  }

  /** Ends sessions at once, before it is on disk. @returns what has to be committed */
  end(ids: readonly string[]): readonly DocumentDelete[] {
    for (const id of ids) this.#sessions.delete(id);
    return ids.map((id) => ({ kind: "session", id }));
  }

  metrics(): readonly Metric[] {
    return [
      { name: "penstock_sessions", help: "Log-ins that are alive.", type: "gauge", values: [{ labels: {}, value: this.#sessions.size }] },
      {
        name: "penstock_sessions_pushed_out_total",
        help: "Log-ins that ended because there were too many.",
        type: "counter",
        values: [{ labels: {}, value: this.#pushedOut }],
      },
    ];
  }

  async close(): Promise<void> {
    this.#disarm();
    this.#disarm = () => undefined;
    await this.#sweeping;
    await this.#sweep();
    this.#unfollow();
  }

  #arm(): void {
    this.#disarm = this.#parts.clock.after(sweepEvery, () => {
      this.#arm();
      this.#sweeping = this.#sweeping.then(() => this.#sweep());
    });
  }

  #isAlive({ usedAt, endsAt }: Live): boolean {
    const now = this.#parts.clock.monotonic();
    return now < endsAt && now < usedAt + this.#parts.settings.idle;
  }

  #take(document: SessionDocument): void {
    const known = this.#sessions.get(document.id);
    if (known !== undefined) {
      known.document = document;
      return;
    }
    const { clock, settings } = this.#parts;
    const [wall, now] = [clock.wall(), clock.monotonic()];
    const unused = Math.max(0, wall - document.usedAt);
    const left = Math.min(settings.absolute, document.expiresAt - wall);
    this.#sessions.set(document.id, { document, usedAt: now - unused, endsAt: now + left, dirty: false });
  }

  /** Removes what is over and writes down what was used. */
  async #sweep(): Promise<void> {
    const { clock, log, store } = this.#parts;
    const over = [...this.#sessions.values()].filter((live) => !this.#isAlive(live)).slice(0, mostWritten);
    const used = [...this.#sessions.values()].filter((live) => live.dirty && this.#isAlive(live)).slice(0, mostWritten);
    const age = clock.wall() - clock.monotonic();
    try {
      if (over.length > 0) await store.commit({ actor: "system", deletes: this.end(over.map(({ document }) => document.id)) });
      await Promise.all(
        used.map((live) => {
          live.dirty = false;
          const usedAt = Math.round(live.usedAt + age);
          return store.update("session", live.document.id, "system", (now) => now && { ...draftOf<"session">(now), usedAt });
        }),
      );
    } catch (error) {
      log.warn({ error }, "it cannot be written down when log-ins were used");
    }
  }
}
