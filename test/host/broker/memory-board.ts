import { randomBytes } from "node:crypto";
import { BoardKey } from "../../../firmware/connectors/uplink/board-key.ts";
import type { MemoryBoardTransport, MemoryPeer } from "../../../host/broker/transport/board-transport-memory.ts";
import type { Sample } from "../../../shared/acquisition/sample.ts";
import type { Clock } from "../../../shared/base/clock.ts";
import { millis } from "../../../shared/base/units.ts";
import type { BoardDescription } from "../../../shared/connectors/link/board-description.ts";
import { BoardEnd } from "../../../shared/connectors/link/board-end.ts";
import { defaultBoardLink } from "../../../shared/connectors/link/link-settings.ts";
import type { LinkCommand, LinkMemory } from "../../../shared/connectors/ports.ts";
import { RecordKind } from "../../../shared/pipeline/journal-record.ts";
import type { Journal } from "../../../shared/pipeline/ports.ts";
import { encodeSample } from "../../../shared/pipeline/sample-record.ts";
import { FakeLog } from "../../harness/fake-log.ts";
import { MemoryLogFs } from "../../harness/memory-log-fs.ts";
import { openSimJournal } from "../../simulation/sim-journal.ts";

export interface MemoryBoardOptions {
  readonly id: string;
  readonly transport: Pick<MemoryBoardTransport, "join">;
  readonly clock: Clock;
  readonly streams?: readonly string[];
  /** `undefined` for a board that cannot prove who it is. */
  readonly key?: BoardKey | undefined;
  readonly address?: string;
  /** What the way to the gateway and back does to messages; both chances in [0, 1). */
  readonly faults?: { readonly random: () => number; readonly loss: number; readonly twice: number; readonly delay: number };
  readonly description?: BoardDescription;
}

/** A board in memory: the real end of the link with a real journal, on virtual flash that outlives crashes. */
export class MemoryBoard {
  readonly id: string;
  readonly key: BoardKey | undefined;
  /** Commands that were carried out, in order. */
  readonly done: LinkCommand[] = [];
  readonly #options: MemoryBoardOptions;
  readonly #fs = new MemoryLogFs();
  #memory: LinkMemory | undefined;
  #stop = new AbortController();
  #end: BoardEnd | undefined;
  #journal: Journal | undefined;
  #peer: MemoryPeer | undefined;

  constructor(options: MemoryBoardOptions) {
    this.id = options.id;
    this.#options = options;
    this.key = "key" in options ? options.key : BoardKey.generate();
  }

  static async boot(options: MemoryBoardOptions): Promise<MemoryBoard> {
    const board = new MemoryBoard(options);
    await board.boot();
    return board;
  }

  get journal(): Journal {
    if (this.#journal === undefined) throw new Error(`${this.id} is off`);
    return this.#journal;
  }

  get inSession(): boolean {
    return this.#end?.link.open === true;
  }

  async boot(): Promise<void> {
    const { clock, streams = ["samples", "commands"], description } = this.#options;
    this.#stop = new AbortController();
    const journal = await openSimJournal({ fs: this.#fs, clock, log: new FakeLog(), random: Math.random, streams, maxBytes: 8_388_608 });
    this.#journal = journal;
    this.#end = await BoardEnd.open(
      {
        board: this.id,
        version: "1.2.3",
        journal,
        memory: {
          load: async () => this.#memory,
          save: async (memory) => {
            this.#memory = memory;
          },
        },
        executor: {
          execute: async (command) => {
            this.done.push(command);
            return { outcome: "done", after: command.value };
          },
        },
        ...(this.key !== undefined && { signer: this.key }),
        ...(description !== undefined && { description: () => description }),
        settings: { ...defaultBoardLink, batchRecords: 500 },
        newId: () => randomBytes(16).toString("hex"),
        clock,
        log: new FakeLog(),
      },
      this.#stop.signal,
    );
    this.dial();
  }

  dial(): void {
    const { transport, address } = this.#options;
    const end = this.#end;
    const receive = (payload: Uint8Array): void => this.#carry(() => this.#end === end && end?.receive(payload));
    const peer = transport.join(this.id, receive, address);
    this.#peer = peer;
    end?.connected({
      send: async (payload) => {
        const copy = payload.slice();
        this.#carry(() => peer.send(copy));
      },
    });
  }

  /** Loses, repeats and delays, where that is wanted. */
  #carry(deliver: () => void): void {
    const { faults, clock } = this.#options;
    if (faults === undefined) {
      setImmediate(deliver);
      return;
    }
    const { random, loss, twice, delay } = faults;
    const copies = (random() < loss ? 0 : 1) + (random() < twice ? 1 : 0);
    for (let copy = 0; copy < copies; copy++) clock.after(millis(random() * delay), deliver);
  }

  hangUp(): void {
    this.#peer?.leave();
    this.#end?.disconnected();
  }

  /** The power goes. */
  async crash(): Promise<void> {
    this.hangUp();
    this.#stop.abort();
    await this.#end?.close();
    this.#end = undefined;
    this.#journal = undefined;
    this.#fs.crash();
  }

  /** Says something that the link does not say by itself. */
  say(payload: Uint8Array): void {
    this.#peer?.send(payload);
  }

  sample(feature: string, value: Sample["value"], { stream = "samples", thing = `${this.id}-pump` } = {}): void {
    const at = this.#options.clock.wall();
    const payload = encodeSample({ thing, feature, value, quality: "good", source: at, received: at });
    this.journal.append(stream, RecordKind.sample, at, payload);
    this.#end?.offer({ stream, key: `${thing}/${feature}`, at: this.journal.info(stream).last, time: at, payload });
  }
}
