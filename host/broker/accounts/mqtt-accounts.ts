import { readFile } from "node:fs/promises";
import path from "node:path";
import { backoffDelay } from "../../../shared/base/backoff.ts";
import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import { isJsonObject } from "../../../shared/base/json.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { Metric, MetricSource } from "../../../shared/base/metric.ts";
import { type Millis, millis } from "../../../shared/base/units.ts";
import type { Access } from "../../../shared/twin/access/access-ports.ts";
import type { BoardDocument } from "../../../shared/twin/documents/board-document.ts";
import type { DocumentKind, DocumentKinds, GatewayStore } from "../../../shared/twin/store-ports.ts";
import { ownerOnly, writeFileAtomic } from "../../platform/write-file-atomic.ts";
import { accountPrefix, type BoardCredentials, digestOf } from "./board-credentials.ts";
import type { HashPassword } from "./hash-password.ts";
import { ownPassword } from "./own-password.ts";
import { type Principals, type Projection, projectAccounts } from "./project-accounts.ts";

export interface MqttAccountsParts {
  readonly store: GatewayStore;
  readonly access: Access;
  readonly credentials: BoardCredentials;
  /** Directory of `mqtt-accounts.json` and of the files with the gateway's own passwords. */
  readonly directory: string;
  readonly hash: HashPassword;
  /** Lets the broker read the file again. */
  readonly reload: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  /** Boards without an account of their own may say that they are there, with the password of `mqtt-enrolment.password`; default false. */
  readonly enrolment?: boolean;
}

/** User name of the gateway's own account. */
export const gatewayAccount = "penstock-gateway";
/** User name that a board uses before it has an account of its own. */
export const enrolmentAccount = "penstock-enrolment";

/** Changes that come together are projected together. */
const gather = millis(20);
const range = { initial: millis(1000), max: millis(60_000) };
const page = 500;
/** What an account may depend on. */
const watched: ReadonlySet<DocumentKind> = new Set(["user", "key", "grant", "board"]);
/** What the rights of those depend on who have grants on groups and definitions. */
const placing: ReadonlySet<DocumentKind> = new Set(["thing", "relation"]);

/** Keeps the accounts of the gateway's broker one with its users, keys and boards: whoever is gone here is gone there at once. */
export class MqttAccounts implements MetricSource, AsyncDisposable {
  /** The file that the broker reads. */
  readonly file: string;
  /** Files written, and failures to write one or to have it read. */
  written = 0;
  failures = 0;
  readonly #parts: MqttAccountsParts;
  readonly #forget: () => void;
  #own: Principals["own"] = [];
  #disarm: Disarm | undefined;
  #disarmExpiry: Disarm | undefined;
  #running: Promise<void> = Promise.resolve();
  #wanted = false;
  #text = "";
  #last: Projection | undefined;
  #hasWide = false;
  #closed = false;
  #inRow = 0;
  #told = "";

  private constructor(parts: MqttAccountsParts) {
    this.#parts = parts;
    this.file = path.join(parts.directory, "mqtt-accounts.json");
    this.#forget = parts.store.onCommit((_committed, { puts = [], deletes = [], state = [] }) => {
      const concerns = ({ kind }: { readonly kind: DocumentKind }): boolean => watched.has(kind) || (this.#hasWide && placing.has(kind));
      if (puts.some(concerns) || deletes.some(concerns) || state.some(({ key }) => key.startsWith(accountPrefix))) this.#want(gather);
    });
  }

  /** Writes the file before it resolves, so that a broker can start with it. */
  static async open(parts: MqttAccountsParts): Promise<MqttAccounts> {
    const accounts = new MqttAccounts(parts);
    const names = [gatewayAccount, ...(parts.enrolment === true ? [enrolmentAccount] : [])];
    const own: Principals["own"][number][] = [];
    for (const name of names)
      own.push({ name, hash: await accounts.#ownHash(name), for: name === gatewayAccount ? "gateway" : "enrolment" });
    accounts.#own = own;
    accounts.#text = await readFile(accounts.file, "utf8").catch(() => "");
    await accounts.#project();
    return accounts;
  }

  /** The file that holds the password of an own account, for clients that read one. */
  passwordFile(name: string = gatewayAccount): string {
    return path.join(this.#parts.directory, `${name}.password`);
  }

  /** Resolves when nothing is being written. */
  idle(): Promise<void> {
    return this.#running;
  }

  metrics(): readonly Metric[] {
    const one = (name: string, help: string, type: "counter" | "gauge", value: number): Metric => ({
      name: `penstock_mqtt_accounts${name}`,
      help,
      type,
      values: [{ labels: {}, value }],
    });
    return [
      one("", "Accounts of the gateway's broker.", "gauge", this.#last?.file.accounts.length ?? 0),
      one("_left_out", "Users and keys that have no account there.", "gauge", this.#last?.left.length ?? 0),
      one("_cut", "Users and keys whose grants name more things than an account can.", "gauge", this.#last?.cut.length ?? 0),
      one("_written_total", "Times that the accounts were written.", "counter", this.written),
      one("_failures_total", "Times that they could not be written, or the broker did not take them.", "counter", this.failures),
    ];
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#forget();
    this.#disarm?.();
    this.#disarmExpiry?.();
    await this.#running;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #want(delay: Millis): void {
    if (this.#closed) return;
    this.#wanted = true;
    this.#disarm ??= this.#parts.clock.after(delay, () => {
      this.#disarm = undefined;
      this.#running = this.#running.then(() => this.#run());
    });
  }

  async #run(): Promise<void> {
    if (!this.#wanted || this.#closed) return;
    this.#wanted = false;
    const { log, random, reload } = this.#parts;
    try {
      if (await this.#project()) await reload();
      this.#inRow = 0;
    } catch (error) {
      this.failures++;
      log.error({ err: error, file: this.file }, "the accounts of the broker are not what they should be; it is tried again");
      // What was not read must be told again, even if nothing changes.
      this.#text = "";
      this.#want(backoffDelay(range, ++this.#inRow, random));
    }
  }

  /** @returns true when the file changed */
  async #project(): Promise<boolean> {
    const { access, clock, log } = this.#parts;
    const [users, keys, grants, boards] = [
      await this.#all("user"),
      await this.#all("key"),
      await this.#all("grant"),
      await this.#all("board"),
    ];
    this.#hasWide = grants.some(({ scope }) => scope.startsWith("group:") || scope.startsWith("definition:"));
    const things: string[] = [];
    if (this.#hasWide) for (const { id } of await this.#all("thing")) things.push(id);
    const hashes = await this.#parts.credentials.hashes();
    const served = boards.flatMap(({ id, state }: BoardDocument) => {
      const hash = state === "adopted" ? hashes.get(id) : undefined;
      return hash === undefined ? [] : [{ board: id, hash }];
    });
    const last = projectAccounts({ users, keys, grants, things: () => things, boards: served, own: this.#own, access, now: clock.wall() });
    this.#last = last;
    const told = JSON.stringify([last.left, last.cut]);
    if (told !== this.#told && last.left.length + last.cut.length > 0)
      log.warn(
        { left: last.left.slice(0, 20), cut: last.cut.slice(0, 20) },
        "some principals have no account of the broker, or not for all of their things",
      );
    this.#told = told;
    if (last.expires !== undefined) this.#expire(millis(Math.max(0, last.expires - clock.wall())));
    const text = `${JSON.stringify(last.file, undefined, 1)}\n`;
    if (text === this.#text) return false;
    await writeFileAtomic(this.file, text, ownerOnly);
    this.#text = text;
    this.written++;
    return true;
  }

  /** A key's time is up then. */
  #expire(delay: Millis): void {
    this.#disarmExpiry?.();
    this.#disarmExpiry = this.#parts.clock.after(millis(Math.min(delay, 86_400_000)), () => this.#want(millis(0)));
  }

  async #all<K extends Exclude<DocumentKind, "feature">>(kind: K): Promise<readonly DocumentKinds[K][]> {
    const all: DocumentKinds[K][] = [];
    for (let after: string | undefined; ; ) {
      const some: readonly DocumentKinds[K][] = await this.#parts.store.list(kind, { limit: page, ...(after !== undefined && { after }) });
      all.push(...some);
      after = some[some.length - 1]?.id;
      if (after === undefined || some.length < page) return all;
    }
  }

  /** The hash of an own password: made anew only when the password is another one, since every new hash ends connections. */
  async #ownHash(name: string): Promise<string> {
    const { store, hash } = this.#parts;
    const password = await ownPassword(this.passwordFile(name));
    const key = `broker/own/${name}`;
    const digest = digestOf(password);
    const kept = await store.state(key);
    if (isJsonObject(kept) && kept["digest"] === digest && typeof kept["hash"] === "string") return kept["hash"];
    const made = await hash(password);
    await store.commit({ actor: "system", state: [{ key, value: { digest, hash: made } }] });
    return made;
  }
}
