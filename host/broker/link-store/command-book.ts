import { EdgeError } from "../../../shared/base/edge-error.ts";
import { isJsonObject, type JsonValue } from "../../../shared/base/json.ts";
import { type Instant, instant } from "../../../shared/base/units.ts";
import type { CommandRecord } from "../../../shared/connectors/link/command-record.ts";
import type { BoardMemory, LinkCommand } from "../../../shared/connectors/ports.ts";
import { joinIds } from "../../../shared/twin/documents/document-fields.ts";
import type { OperationDocument } from "../../../shared/twin/documents/operation-document.ts";
import { afterCommand } from "../../../shared/twin/resources/after-command.ts";
import { endOperation } from "../../../shared/twin/resources/command-end.ts";
import { draftOf } from "../../../shared/twin/resources/draft-of.ts";
import { addMove, isEnded, moveOperation, openStates } from "../../../shared/twin/resources/operation-machine.ts";
import type { Change, Committed, GatewayStore } from "../../../shared/twin/store-ports.ts";
import { ChangeDraft } from "./change-draft.ts";

/** Numbers are reserved on disk so many at a time: after a crash the rest of them is left out. */
const reserve = 32;
const page = 500;

const counterKey = (board: string): string => `link/number/${board}`;
const sentKey = (board: string, cmdSeq: number): string => `link/sent/${board}/${cmdSeq}`;

/** An operation was ended before it was sent: it must not go. */
export class CommandWithdrawn extends EdgeError {
  readonly code = "EDGE_COMMAND_WITHDRAWN";
  constructor(board: string, cmdSeq: number) {
    super(`command ${cmdSeq} to ${board} was withdrawn before it was sent`);
  }
}

/** The command that carries an operation to its board; `undefined` for one that no board carries out. */
export function commandOf(operation: OperationDocument): LinkCommand | undefined {
  const { id, cmdSeq, target, input, createdBy, deadline } = operation;
  if (operation.board === undefined || cmdSeq === undefined) return undefined;
  const feature = target.feature ?? operation.type;
  return {
    cmdSeq,
    opId: id,
    thing: target.thing,
    feature,
    value: valueOfInput(input),
    who: createdBy.slice(0, 128),
    expiresAt: instant(deadline),
  };
}

const isJson = (value: unknown): value is JsonValue => value !== undefined;

function valueOfInput(input: unknown): JsonValue {
  const value = isJsonObject(input) && Object.hasOwn(input, "value") ? input["value"] : input;
  return isJson(value) ? value : null;
}

interface OpenCommand {
  readonly opId: string;
  readonly cmdSeq: number;
}

/** The commands of all boards that have not ended: operations of the store, and beside them what only the link has to know. */
export class CommandBook {
  readonly #store: GatewayStore;
  /** By board and number. */
  readonly #open = new Map<string, Map<number, OpenCommand>>();
  readonly #numbers = new Map<string, { next: number; reserved: number }>();
  readonly #counting = new Map<string, Promise<number>>();
  /** Numbers that boards have passed. */
  readonly #passed = new Map<string, number>();
  readonly #forget: () => void;

  private constructor(store: GatewayStore) {
    this.#store = store;
    this.#forget = store.onCommit((committed, change) => this.#committed(committed, change));
  }

  static async open(store: GatewayStore): Promise<CommandBook> {
    const book = new CommandBook(store);
    for (const state of openStates) await book.#read(state);
    return book;
  }

  close(): void {
    this.#forget();
  }

  /** The board says which number it ended last: this store may be a copy of an older one, or new, and lower numbers would never be carried out. */
  passed(board: string, applied: number): void {
    this.#passed.set(board, applied);
  }

  /** The board's next number; larger than all before it, also after a crash. */
  next(board: string): Promise<number> {
    const before = this.#counting.get(board);
    const number = before === undefined ? this.#count(board) : before.then(() => this.#count(board));
    const settled = number.catch(() => 0);
    this.#counting.set(board, settled);
    void settled.then(() => this.#counting.get(board) === settled && this.#counting.delete(board));
    return number;
  }

  /** What a session begins with. */
  async load(board: string): Promise<BoardMemory["commands"]> {
    const open = [...(this.#open.get(board)?.values() ?? [])].sort((a, b) => a.cmdSeq - b.cmdSeq);
    if (open.length === 0) return [];
    const marks = new Map(await this.#store.states(`link/sent/${board}/`));
    const operations = await this.#store.getMany(
      "operation",
      open.map(({ opId }) => opId),
    );
    return operations.flatMap((operation) => {
      const command = operation === undefined || isEnded(operation.state) ? undefined : commandOf(operation);
      if (command === undefined) return [];
      const sentTo = marks.get(sentKey(board, command.cmdSeq));
      return [{ command, sentTo: typeof sentTo === "string" ? sentTo : undefined }];
    });
  }

  /** Keeps that the commands may have reached that storage. @throws {CommandWithdrawn} one of them ended meanwhile; nothing of it may go */
  async mark(board: string, cmdSeqs: readonly number[], origin: string, now: Instant): Promise<void> {
    const open = this.#open.get(board);
    const draft = new ChangeDraft(`board:${board}`);
    let withdrawn: number | undefined;
    for (const cmdSeq of cmdSeqs) {
      const opId = open?.get(cmdSeq)?.opId;
      const operation = opId === undefined ? undefined : await this.#store.get("operation", opId);
      if (operation === undefined || isEnded(operation.state) || operation.state === "cancelling") {
        withdrawn = cmdSeq;
        const cancelled = operation === undefined ? undefined : moveOperation(operation, "cancelled", now);
        if (operation !== undefined && cancelled !== undefined) draft.put("operation", operation.id, cancelled, operation.rev);
        continue;
      }
      if (operation.state === "pending" || operation.state === "queued") {
        const history = addMove(operation.history, "sent", now);
        draft.put("operation", operation.id, { ...draftOf<"operation">(operation), state: "sent", history }, operation.rev);
      }
      draft.state.push({ key: sentKey(board, cmdSeq), value: origin });
    }
    if (withdrawn !== undefined) {
      draft.state.length = 0;
      const { puts = [] } = draft.change;
      const ended = puts.filter(({ document }) => "state" in document && document.state === "cancelled");
      if (ended.length > 0) await this.#store.commit({ actor: draft.actor, puts: ended });
      throw new CommandWithdrawn(board, withdrawn);
    }
    await this.#store.commit(draft.change);
  }

  /** Adds what the ends of commands mean for their operations, and for the features whose intent they carried. One that ended already stays as it is. */
  async end(draft: ChangeDraft, board: string, ended: readonly CommandRecord[], now: Instant): Promise<void> {
    const open = this.#open.get(board);
    const seen = new Set<number>();
    for (const record of ended) {
      const command = open?.get(record.cmdSeq);
      if (command === undefined || command.opId !== record.opId || seen.has(record.cmdSeq)) continue;
      seen.add(record.cmdSeq);
      draft.state.push({ key: sentKey(board, record.cmdSeq), value: undefined });
      const operation = await this.#store.get("operation", record.opId);
      const end = operation === undefined ? undefined : endOperation(operation, record, now);
      if (operation === undefined || end === undefined) continue;
      draft.put("operation", operation.id, end, operation.rev);
      const { thing, feature: name } = operation.target;
      const id = joinIds(thing, name ?? "");
      const feature = name === undefined ? undefined : (draft.feature(id) ?? (await this.#store.get("feature", id)));
      const after = feature === undefined ? undefined : afterCommand(feature, operation, record, now);
      if (feature !== undefined && after !== undefined) draft.putFeature(id, after, feature);
    }
  }

  async #count(board: string): Promise<number> {
    let numbers = this.#numbers.get(board);
    if (numbers === undefined) {
      const kept = await this.#store.state(counterKey(board));
      const reserved = typeof kept === "number" ? kept : 0;
      numbers = { next: reserved + 1, reserved };
      this.#numbers.set(board, numbers);
    }
    numbers.next = Math.max(numbers.next, (this.#passed.get(board) ?? 0) + 1);
    if (numbers.next > numbers.reserved) {
      const reserved = numbers.next - 1 + reserve;
      await this.#store.commit({ actor: "system", state: [{ key: counterKey(board), value: reserved }] });
      numbers.reserved = reserved;
    }
    return numbers.next++;
  }

  async #read(state: string): Promise<void> {
    for (let after: string | undefined; ; ) {
      const ids: readonly string[] = await this.#store.lookup("operation", state, { limit: page, ...(after !== undefined && { after }) });
      for (const operation of await this.#store.getMany("operation", ids)) if (operation !== undefined) this.#note(operation);
      after = ids[ids.length - 1];
      if (after === undefined || ids.length < page) return;
    }
  }

  #committed({ documents }: Committed, { puts = [] }: Change): void {
    for (const [at, { kind }] of puts.entries()) {
      const document = kind === "operation" ? documents[at] : undefined;
      if (document !== undefined && "cmdSeq" in document) this.#note(document);
    }
  }

  #note(operation: OperationDocument): void {
    const { board, cmdSeq, id, state } = operation;
    if (board === undefined || cmdSeq === undefined) return;
    let open = this.#open.get(board);
    if (isEnded(state)) {
      open?.delete(cmdSeq);
      if (open?.size === 0) this.#open.delete(board);
      return;
    }
    if (open === undefined) {
      open = new Map();
      this.#open.set(board, open);
    }
    open.set(cmdSeq, { opId: id, cmdSeq });
  }
}
