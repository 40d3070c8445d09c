import type { CommandSender } from "../../../shared/console/gateway-ports.ts";
import { NotFound } from "../../../shared/twin/documents/document-errors.ts";
import type { OperationDocument } from "../../../shared/twin/documents/operation-document.ts";
import type { Change, GatewayStore } from "../../../shared/twin/store-ports.ts";

/** Has operations kept and sent to boards: those of one board one after the other, in the order of their numbers and without a hole. */
export class CommandDispatch {
  readonly #store: GatewayStore;
  readonly #sender: CommandSender;
  readonly #turns = new Map<string, Promise<unknown>>();
  /** Numbers that were given for what was not kept then: the next command takes them. */
  readonly #spare = new Map<string, number>();

  constructor({ store, sender }: { readonly store: GatewayStore; readonly sender: CommandSender }) {
    this.#store = store;
    this.#sender = sender;
  }

  /**
   * @param id of the operation @param change keeps it with `board` and the given `cmdSeq`
   * @throws those of the store: then nothing was sent
   */
  send(board: string, id: string, change: (cmdSeq: number) => Change): Promise<OperationDocument> {
    const sent = (this.#turns.get(board) ?? Promise.resolve()).then(() => this.#send(board, id, change));
    const settled = sent.catch(() => {});
    this.#turns.set(board, settled);
    void settled.then(() => this.#turns.get(board) === settled && this.#turns.delete(board));
    return sent;
  }

  /** Takes back what has ended before it was sent. */
  withdraw(operation: OperationDocument): void {
    this.#sender.withdraw(operation);
  }

  async #send(board: string, id: string, change: (cmdSeq: number) => Change): Promise<OperationDocument> {
    const cmdSeq = this.#spare.get(board) ?? (await this.#sender.nextCommand(board));
    this.#spare.set(board, cmdSeq);
    await this.#store.commit(change(cmdSeq));
    this.#spare.delete(board);
    const operation = await this.#store.get("operation", id);
    if (operation === undefined) throw new NotFound("operation", id);
    this.#sender.issue(operation);
    return operation;
  }
}
