import { checkSchema } from "../../../shared/base/check-schema.ts";
import type { Clock } from "../../../shared/base/clock.ts";
import { codeAndReason } from "../../../shared/base/edge-error.ts";
import type { JsonObject, JsonValue } from "../../../shared/base/json.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { IfMatch } from "../../../shared/console/gateway-ports.ts";
import { patternWords } from "../../../shared/console/pattern-words.ts";
import type { Access, Actor, Permission } from "../../../shared/twin/access/access-ports.ts";
import { auditDone } from "../../../shared/twin/access/audit-done.ts";
import type { RefusalLog } from "../../../shared/twin/access/audit-port.ts";
import { type BoardDocument, BoardIntent } from "../../../shared/twin/documents/board-document.ts";
import { AlreadyExists, NotFound, ResourceInvalid, RevisionConflict } from "../../../shared/twin/documents/document-errors.ts";
import { mergePatch } from "../../../shared/twin/merge-patch.ts";
import { draftOf } from "../../../shared/twin/resources/draft-of.ts";
import { sameJson } from "../../../shared/twin/same-json.ts";
import type { Draft, EventDraft, GatewayStore } from "../../../shared/twin/store-ports.ts";
import { ChangeDraft } from "../link-store/change-draft.ts";
import { boardEvent } from "./board-events.ts";
import { adoptedBoard, intentOf, thingOfBoard } from "./board-intents.ts";
import { BoardsFile } from "./boards-file.ts";

export interface BoardRegistryParts {
  readonly store: GatewayStore;
  /** Path of `boards.json`. */
  readonly file: string;
  readonly access: Access;
  readonly refusals: RefusalLog;
  readonly clock: Clock;
  readonly log: Log;
  /** A board came, changed or went. */
  readonly changed: (id: string, now: BoardDocument | undefined, before: BoardDocument | undefined) => void;
}

/** Boards that wait for somebody to take them in. */
const mostDiscovered = 1000;
const page = 500;
/** A stranger that shows one key after the other is written down so seldom, ms. */
const keyPause = 10_000;

const byFile: Actor = { id: "system", type: "system", via: "file" };

const isIntent = (_value: unknown, problems: readonly unknown[]): _value is BoardIntent => problems.length === 0;

/** Which boards there are: their documents and `boards.json`, which say the same. */
export class BoardRegistry {
  /** Strangers that found no place in the list. */
  overflowed = 0;
  readonly #parts: BoardRegistryParts;
  readonly #boards = new Map<string, BoardDocument>();
  readonly #file: BoardsFile;
  readonly #arriving = new Set<string>();
  /** When what a stranger shows was last written down; of those that are listed. */
  readonly #notedAt = new Map<string, number>();
  #discovered = 0;
  #work: Promise<unknown> = Promise.resolve();
  /** The file is not sound: it is not overwritten by what happens without anybody asking. */
  #isFileBad = false;

  private constructor(parts: BoardRegistryParts) {
    this.#parts = parts;
    this.#file = new BoardsFile({
      file: parts.file,
      clock: parts.clock,
      edited: (boards) => void this.#inTurn(() => this.#edited(boards)).catch((error: unknown) => this.#complain(error)),
      refused: (error) => this.#refusedFile(error.message),
    });
  }

  /** Reads what is kept and the file; what the file names holds. */
  static async open(parts: BoardRegistryParts): Promise<BoardRegistry> {
    const registry = new BoardRegistry(parts);
    await registry.#load();
    return registry;
  }

  get all(): Iterable<BoardDocument> {
    return this.#boards.values();
  }

  get(id: string): BoardDocument | undefined {
    return this.#boards.get(id);
  }

  create(actor: Actor, intent: BoardIntent): Promise<BoardDocument> {
    return this.#acted(actor, "board:create", intent.id, async () => {
      this.#checked(intent);
      if (this.#boards.get(intent.id)?.state === "adopted") throw new AlreadyExists("board", intent.id);
      return this.#keep(actor, "board:create", adoptedBoard(intent, this.#boards.get(intent.id)));
    });
  }

  adopt(actor: Actor, id: string, intent: Omit<BoardIntent, "id">): Promise<BoardDocument> {
    return this.#acted(actor, "board:exec", id, async () => {
      const now = this.#boards.get(id);
      if (now === undefined) throw new NotFound("board", id);
      if (now.state === "adopted") throw new AlreadyExists("board", id);
      const { keyFingerprint } = intent;
      if (keyFingerprint !== undefined && now.keyFingerprint !== undefined && keyFingerprint !== now.keyFingerprint)
        throw new ResourceInvalid(`board ${id}`, [
          { path: "/keyFingerprint", message: `the board shows ${now.keyFingerprint}`, expected: "the fingerprint that the board shows" },
        ]);
      const whole = { labels: now.labels, ...intent, id };
      this.#checked(whole);
      return this.#keep(actor, "board:exec", adoptedBoard(whole, now));
    });
  }

  patch(actor: Actor, id: string, patch: JsonObject, { ifRev }: IfMatch): Promise<BoardDocument> {
    return this.#acted(actor, "board:update", id, async () => {
      const now = this.#existing(id, ifRev);
      const { keyFingerprint: _pinned, ...intent } = intentOf(now);
      const before = {
        ...intent,
        enabled: now.enabled,
        labels: now.labels,
        ...(patch["keyFingerprint"] === undefined && { keyFingerprint: _pinned }),
      };
      const after = mergePatch(JSON.parse(JSON.stringify(before)), patch);
      if (after["id"] !== id)
        throw new ResourceInvalid(`board ${id}`, [{ path: "/id", message: "an id cannot change", expected: `"${id}" or nothing` }]);
      const checked = this.#checked(after);
      // What the patch takes away goes: the key is pinned anew when it is seen again.
      const { keyFingerprint, address, ...kept } = now;
      const stays = { ...kept, ...(patch["keyFingerprint"] !== null && keyFingerprint !== undefined && { keyFingerprint }) };
      return this.#keep(
        actor,
        "board:update",
        adoptedBoard(checked, { ...stays, ...(patch["address"] !== null && address !== undefined && { address }) }),
        ifRev,
      );
    });
  }

  remove(actor: Actor, id: string, { ifRev }: IfMatch): Promise<void> {
    return this.#acted(actor, "board:delete", id, async () => {
      this.#existing(id, ifRev);
      await this.#drop(actor, id);
      await this.#write();
    });
  }

  /** A board that nobody took in said something. It is listed, and nothing is asked of it. */
  discovered(id: string, keyFingerprint: string | undefined, address: string | undefined): void {
    const now = this.#boards.get(id);
    if (now?.state === "adopted" || this.#arriving.has(id)) return;
    if (now !== undefined && (keyFingerprint === undefined || now.keyFingerprint === keyFingerprint)) return;
    if (now !== undefined && this.#parts.clock.monotonic() < (this.#notedAt.get(id) ?? Number.NEGATIVE_INFINITY) + keyPause) return;
    if (now === undefined && this.#discovered + this.#arriving.size >= mostDiscovered) {
      this.overflowed++;
      return;
    }
    this.#arriving.add(id);
    this.#notedAt.set(id, this.#parts.clock.monotonic());
    const { store, clock } = this.#parts;
    const work = this.#inTurn(async () => {
      if (this.#boards.get(id)?.state === "adopted") return;
      const document: Draft<"board"> = {
        id,
        name: id,
        enabled: true,
        labels: now?.labels ?? {},
        state: "discovered",
        discoveredAt: now?.discoveredAt ?? clock.wall(),
        ...(address !== undefined && { address }),
        ...(keyFingerprint !== undefined && { keyFingerprint }),
      };
      const isNew = now === undefined;
      const events = isNew
        ? [
            boardEvent(
              "board.discovered",
              id,
              "notice",
              `${id} asks to be taken in`,
              keyFingerprint === undefined ? {} : { keyFingerprint },
            ),
          ]
        : [];
      const { documents } = await store.commit({ actor: "system", puts: [{ kind: "board", id, document }], events });
      this.#note(documents.find(isBoard));
    });
    void work.catch((error: unknown) => this.#complain(error)).finally(() => this.#arriving.delete(id));
  }

  /** The board said its version, its address or its first key: nobody's intent, so no audit. */
  learned(id: string, facts: Pick<Partial<BoardDocument>, "version" | "address" | "keyFingerprint">): void {
    void this.#inTurn(async () => {
      const now = this.#boards.get(id);
      if (now === undefined || Object.entries(facts).every(([name, value]) => value === undefined || Reflect.get(now, name) === value))
        return;
      const { rev: _rev, createdAt: _created, updatedAt: _updated, ...document } = now;
      const put = { kind: "board", id, document: { ...document, ...facts } } as const;
      const { documents } = await this.#parts.store.commit({ actor: `board:${id}`, puts: [put] });
      this.#note(documents.find(isBoard));
      if (facts.keyFingerprint !== undefined && !this.#isFileBad) await this.#write();
    }).catch((error: unknown) => this.#complain(error));
  }

  /** Keeps events about boards; what cannot be kept is logged. */
  tell(event: EventDraft): void {
    void this.#parts.store.commit({ actor: "system", events: [event] }).catch((error: unknown) => this.#complain(error));
  }

  /** Refuses what the actor may not; the refusal is on record. @throws {Forbidden} */
  allow(actor: Actor, permission: Permission, id: string): void {
    const refusal = this.#parts.access.refusal(actor, permission, { thing: id });
    if (refusal === undefined) return;
    this.#parts.refusals.refused(actor, { action: permission, kind: "board", id }, refusal.code);
    throw refusal;
  }

  async close(): Promise<void> {
    await this.#file.close();
    await this.#work;
  }

  async #load(): Promise<void> {
    const { store, log } = this.#parts;
    for (let after: string | undefined; ; ) {
      const boards: readonly BoardDocument[] = await store.list("board", { limit: page, ...(after !== undefined && { after }) });
      for (const board of boards) this.#note(board);
      after = boards[boards.length - 1]?.id;
      if (after === undefined || boards.length < page) break;
    }
    try {
      const named = await this.#file.read();
      // At the very first start nothing is missing.
      if (named === undefined && this.#boards.size > 0) {
        log.warn({ file: this.#file.file }, "the list of boards is not there; it begins with what is kept");
        this.tell({
          type: "boards.file-missing",
          kind: "node",
          id: "boards.json",
          severity: "notice",
          text: `${this.#file.file} is not there; the list of boards begins with what is kept`,
        });
      }
      for (const intent of named ?? []) await this.#take(intent);
      await this.#write();
    } catch (error) {
      this.#refusedFile(codeAndReason(error).reason);
    }
    this.#file.watch();
  }

  /** Somebody edited the file: what it names holds, what it does not name any more goes. */
  async #edited(named: readonly BoardIntent[]): Promise<void> {
    this.#isFileBad = false;
    const ids = new Set(named.map(({ id }) => id));
    for (const intent of named) await this.#take(intent);
    for (const { id, state } of [...this.#boards.values()]) if (state === "adopted" && !ids.has(id)) await this.#drop(byFile, id);
  }

  /** What the file says of one board. */
  async #take(intent: BoardIntent): Promise<void> {
    const now = this.#boards.get(intent.id);
    const document = adoptedBoard(intent, now);
    const isKept = now !== undefined && sameJson(plain(document), plain(draftOf<"board">(now)));
    if (!isKept) await this.#keep(byFile, "board:update", document, undefined, false);
  }

  #refusedFile(message: string): void {
    this.#isFileBad = true;
    this.#parts.log.error({ file: this.#file.file, problem: message }, "the list of boards is not sound; what was there before holds");
    this.tell({ type: "boards.file-refused", kind: "node", id: "boards.json", severity: "warning", text: message.slice(0, 512) });
  }

  #existing(id: string, ifRev: number | undefined): BoardDocument {
    const now = this.#boards.get(id);
    if (now === undefined) throw new NotFound("board", id);
    if (ifRev !== undefined && ifRev !== now.rev) throw new RevisionConflict("board", id, ifRev, now.rev);
    return now;
  }

  #checked(intent: JsonObject | BoardIntent): BoardIntent {
    const value: JsonValue = JSON.parse(JSON.stringify(intent));
    const problems = checkSchema(BoardIntent, value, patternWords);
    if (!isIntent(value, problems)) throw new ResourceInvalid("board", problems);
    return value;
  }

  async #keep(actor: Actor, action: Permission, document: Draft<"board">, ifRev?: number, writes = true): Promise<BoardDocument> {
    const { store } = this.#parts;
    const before = this.#boards.get(document.id);
    const thing = await store.get("thing", document.id);
    if (thing !== undefined && thing.kind !== "board") throw new AlreadyExists("thing", document.id);
    const draft = new ChangeDraft(actor.id);
    draft.put("board", document.id, document, ifRev);
    draft.put("thing", document.id, thingOfBoard(document, thing));
    const attempt = { action, kind: "board", id: document.id };
    if (actor.type !== "system") draft.audit.push(auditDone(actor, attempt, before === undefined ? {} : { before: before.rev }));
    const { documents } = await store.commit(draft.change);
    const kept = documents.find(isBoard);
    if (kept === undefined) throw new NotFound("board", document.id);
    this.#note(kept);
    if (writes) await this.#write();
    return kept;
  }

  async #drop(actor: Actor, id: string): Promise<void> {
    const audit = actor.type === "system" ? [] : [auditDone(actor, { action: "board:delete", kind: "board", id })];
    await this.#parts.store.commit({ actor: actor.id, deletes: [{ kind: "board", id }], audit });
    const before = this.#boards.get(id);
    if (before?.state === "discovered") this.#discovered--;
    this.#boards.delete(id);
    this.#notedAt.delete(id);
    this.#parts.changed(id, undefined, before);
  }

  #write(): Promise<void> {
    this.#isFileBad = false;
    const adopted = [...this.#boards.values()].filter(({ state }) => state === "adopted");
    return this.#file.write(adopted.map(intentOf).sort((a, b) => (a.id < b.id ? -1 : 1)));
  }

  #note(board: BoardDocument | undefined): void {
    if (board === undefined) return;
    const before = this.#boards.get(board.id);
    if (before?.rev === board.rev) return;
    this.#discovered += Number(board.state === "discovered") - Number(before?.state === "discovered");
    this.#boards.set(board.id, board);
    this.#parts.changed(board.id, board, before);
  }

  async #acted<Result>(actor: Actor, permission: Permission, id: string, work: () => Promise<Result>): Promise<Result> {
    this.allow(actor, permission, id);
    return this.#inTurn(work);
  }

  /** One change after the other. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#work.then(work);
    this.#work = result.catch(() => undefined);
    return result;
  }

  #complain(error: unknown): void {
    this.#parts.log.error({ err: error }, "what became of a board cannot be kept");
  }
}

const plain = (document: Draft<"board">): JsonValue => JSON.parse(JSON.stringify(document));

const isBoard = (document: object): document is BoardDocument => "state" in document && "enabled" in document;
