import type { Journal } from "../../pipeline/ports.ts";
import type { LinkMemory, LinkSigner } from "../ports.ts";
import type { BoardDescription } from "./board-description.ts";
import { DescriptionSender } from "./description-sender.ts";
import type { Announce, Beat, Description, Hello, Refusal, RefusalCode, Welcome } from "./link-message.ts";
import { signedWelcome } from "./signed-welcome.ts";

export interface BoardStatementsParts {
  readonly board: string;
  readonly version: string;
  /** What the journal is and has; nothing is read through it. */
  readonly journal: Pick<Journal, "bootId" | "term" | "streams" | "info">;
  /** What outlives the power, as it stands now. */
  readonly memory: () => LinkMemory;
  /** The board's key; absent: it cannot prove who it is. */
  readonly signer?: LinkSigner | undefined;
  /** What the board has now; absent: it does not say. */
  readonly description?: (() => BoardDescription) | undefined;
}

/** What a board says of itself. */
export class BoardStatements {
  readonly #parts: BoardStatementsParts;
  readonly #description: DescriptionSender;

  constructor(parts: BoardStatementsParts) {
    this.#parts = parts;
    this.#description = new DescriptionSender(() => parts.description?.());
  }

  announce(): Announce {
    const { board, journal, signer } = this.#parts;
    const key = signer?.publicKey;
    return { kind: "announce", board, bootId: journal.bootId, online: true, ...(key !== undefined && { key }) };
  }

  /** The answer to a hello, signed where that is asked for. */
  welcome({ epoch, call, challenge }: Hello, session: string): Welcome {
    const { board, version, journal, memory, signer } = this.#parts;
    const { origin, floor, applied } = memory();
    const streams = journal.streams.map((id) => {
      const { first, durable } = journal.info(id);
      return { id, first, durable };
    });
    const { term, bootId } = journal;
    const facts = { epoch, call, board, version, term, bootId, origin, floor, session, applied, streams };
    const welcome: Welcome = { kind: "welcome", ...facts, ...this.#hash() };
    if (signer === undefined) return welcome;
    const { publicKey: key } = signer;
    return challenge === undefined ? { ...welcome, key } : { ...welcome, key, proof: signer.sign(signedWelcome(welcome, challenge)) };
  }

  /** @param session the session that is not */
  refusal(code: RefusalCode, session?: string): Refusal {
    const { epoch } = this.#parts.memory();
    return { kind: "refusal", code, epoch, seen: epoch, board: this.#parts.board, ...(session !== undefined && { session }) };
  }

  beat(session: string, stamp: number, epoch: number): Beat {
    return { kind: "beat", session, stamp, epoch, ...this.#hash() };
  }

  /** @returns `undefined` when there is no such part */
  description(part: number, session: string): Description | undefined {
    return this.#description.part(part, session);
  }

  #hash(): { readonly description?: string } {
    const { hash } = this.#description;
    return hash === undefined ? {} : { description: hash };
  }
}
