import type { Clock } from "../../shared/base/clock.ts";
import { sleep } from "../../shared/base/clock.ts";
import type { StopSignal } from "../../shared/base/stop-signal.ts";
import { millis } from "../../shared/base/units.ts";
import { encodeUtf8 } from "../../shared/base/utf8.ts";
import type { BoardDescription } from "../../shared/connectors/link/board-description.ts";
import { BoardEnd } from "../../shared/connectors/link/board-end.ts";
import { type BoardLinkSettings, defaultBoardLink } from "../../shared/connectors/link/link-settings.ts";
import type { CommandExecutor, LinkCommand, LinkMemory } from "../../shared/connectors/ports.ts";
import { beginning, type Cursor, compareCursors } from "../../shared/pipeline/cursor.ts";
import { RecordKind, readRecord, recordEnd } from "../../shared/pipeline/journal-record.ts";
import type { Journal } from "../../shared/pipeline/ports.ts";
import { FakeLog } from "../harness/fake-log.ts";
import { MemoryLogFs } from "../harness/memory-log-fs.ts";
import type { FaultyNetwork } from "./faulty-network.ts";
import { Life, LifeClock, LifeFs } from "./life.ts";
import { SimSigner } from "./sim-identity.ts";
import { openSimJournal } from "./sim-journal.ts";

export const simStreams = ["samples", "alarms", "commands"] as const;
export const sampleStreams = ["samples", "alarms"] as const;

const settings: BoardLinkSettings = { ...defaultBoardLink, batchRecords: 7, batchBytes: 65_536, windowBytes: 262_144, flights: 3 };

/** A board on virtual flash: what it appended, and what of that the flash has given up, is known. */
export class SimBoard {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #network: FaultyNetwork;
  #fs: MemoryLogFs;
  #memory: LinkMemory | undefined;
  #life = new Life();
  #end: BoardEnd | undefined;
  #journal: Journal | undefined;
  /** Readings that were ever appended, by number: their stream. */
  readonly appended = new Map<number, string>();
  /** Where each reading was put. */
  readonly places = new Map<number, Cursor>();
  /** Readings that the flash lost, or that never reached it. */
  readonly destroyed = new Set<number>();
  /** Readings of this start whose commit was not yet told. */
  #pending: { readonly id: number; readonly stream: string; readonly seq: number; readonly term: number }[] = [];
  /** Readings that the journal called durable and has not lost by the flash's fault. */
  readonly #durable = new Set<number>();
  /** The flash lied since it was last known to be honest. */
  #lied = false;
  /** This flash lied once. */
  #everLied = false;
  readonly signer = new SimSigner();
  #description = describe(0);
  /** Room of a stream, bytes. */
  maxBytes = 8_388_608;
  /** How often each command was begun. */
  readonly begun = new Map<number, number>();
  /** Readings that were given other places by a flash that lied: where it takes that back, they come a second time rather than never. */
  readonly mayRepeat = new Set<number>();
  readonly #isKept: (id: number) => boolean;

  constructor(clock: Clock, random: () => number, network: FaultyNetwork, isKept: (id: number) => boolean) {
    this.#clock = clock;
    this.#random = random;
    this.#network = network;
    this.#isKept = isKept;
    this.#fs = new MemoryLogFs(random);
  }

  get up(): boolean {
    return this.#end !== undefined;
  }

  get inSession(): boolean {
    return this.#end?.link.open === true;
  }

  get journal(): Journal | undefined {
    return this.#journal;
  }

  set lying(lying: boolean) {
    this.#fs.lying = lying;
    if (lying) this.#lied = this.#everLied = true;
  }

  async boot(): Promise<void> {
    const life = new Life();
    this.#life = life;
    const clock = new LifeClock(life, this.#clock);
    const { lying } = this.#fs;
    // The small files that hold the term are written and read back; a flash that loses those as well is a new one.
    this.#fs.lying = false;
    const journal = await openSimJournal({
      fs: new LifeFs(life, this.#fs),
      clock,
      log: new FakeLog(),
      random: this.#random,
      streams: simStreams,
      maxBytes: this.maxBytes,
    });
    if (!life.alive) return;
    await this.#takeStock(journal);
    this.#lied = lying;
    this.#fs.lying = lying;
    journal.onDurable((stream, durable) => this.#committed(stream, durable.seq));
    this.#watchRaise(journal);
    this.#journal = journal;
    this.#end = await BoardEnd.open(
      {
        board: "board",
        version: "1",
        journal,
        memory: this.#memoryOf(life),
        executor: this.#executorOf(life, clock),
        signer: this.signer,
        description: () => this.#description,
        settings,
        clock,
        log: new FakeLog(),
        newId: () => Array.from({ length: 32 }, () => Math.floor(this.#random() * 16).toString(16)).join(""),
      },
      life.signal,
    );
    this.dial();
  }

  dial(): void {
    const end = this.#end;
    end?.connected(this.#network.joinBoard((payload) => end.receive(payload)));
  }

  get description(): BoardDescription {
    return this.#description;
  }

  /** The board has something else than before. */
  change(): void {
    this.#description = describe(Number.parseInt(this.#description.hash, 16) + 1);
    this.#end?.described();
  }

  hangUp(): void {
    this.#network.leaveBoard();
    this.#end?.disconnected();
  }

  /** The power goes. */
  crash(): void {
    this.hangUp();
    this.#life.end();
    this.#end = undefined;
    this.#journal = undefined;
    this.#fs.crash();
  }

  /** The flash is replaced while the power is off. */
  replaceFlash(): void {
    this.crash();
    for (const id of this.appended.keys()) if (!this.#isKept(id)) this.destroyed.add(id);
    this.#durable.clear();
    this.#fs = new MemoryLogFs(this.#random);
    this.#memory = undefined;
    this.#lied = this.#everLied = false;
  }

  /** Takes a reading. */
  sample(id: number, stream: string): void {
    const journal = this.#journal;
    if (journal === undefined) return;
    const payload = encodeUtf8(`{"id":${id}}`);
    journal.append(stream, RecordKind.sample, this.#clock.wall(), payload);
    this.appended.set(id, stream);
    const { last } = journal.info(stream);
    this.places.set(id, last);
    this.#pending.push({ id, stream, seq: last.seq, term: last.term });
    this.#end?.offer({ stream, key: `thing/${stream}`, at: last, time: this.#clock.wall(), payload });
  }

  #committed(stream: string, seq: number): void {
    this.#pending = this.#pending.filter((one) => {
      if (one.stream !== stream || one.seq > seq) return true;
      this.#durable.add(one.id);
      return false;
    });
  }

  /** What the flash still has after a crash: what is missing must be excused. */
  async #takeStock(journal: Journal): Promise<void> {
    const found = new Set<number>();
    for (const stream of sampleStreams) for await (const id of readingsOf(journal, stream)) found.add(id);
    for (const id of this.appended.keys()) {
      if (found.has(id) || this.destroyed.has(id) || this.#isKept(id)) continue;
      if (this.#durable.has(id) && !this.#lied && this.maxBytes > 1_000_000)
        throw new Error(`the journal lost reading ${id}, which it had called durable`);
      if (!this.#durable.has(id) || this.#lied) this.destroyed.add(id);
    }
    this.#pending = [];
  }

  #watchRaise(journal: Journal): void {
    const raise = journal.raiseTerm.bind(journal);
    journal.raiseTerm = (floor) => {
      if (this.#everLied) for (const id of this.appended.keys()) if (!this.destroyed.has(id)) this.mayRepeat.add(id);
      return raise(floor);
    };
  }

  #memoryOf(life: Life) {
    return {
      load: () => life.ask(async () => this.#memory),
      save: (memory: LinkMemory) =>
        life.ask(async () => {
          await sleep(new LifeClock(life, this.#clock), millis(this.#random() * 5), life.signal);
          this.#memory = memory;
          await sleep(new LifeClock(life, this.#clock), millis(this.#random() * 5), life.signal);
        }),
    };
  }

  #executorOf(life: Life, clock: Clock): CommandExecutor {
    return {
      execute: async (command: LinkCommand, stop: StopSignal) => {
        this.begun.set(command.cmdSeq, (this.begun.get(command.cmdSeq) ?? 0) + 1);
        await sleep(clock, millis(this.#random() * 3000), stop);
        if (!life.alive) throw new Error("a dead process goes on");
        return this.#random() < 0.2 ? { outcome: "failed", code: "EDGE_MODBUS_TIMEOUT" } : { outcome: "done", after: command.value };
      },
    };
  }
}

/** Something to have, of several parts. */
function describe(version: number): BoardDescription {
  const features = Array.from({ length: 300 + (version % 7) * 100 }, (_, index) => ({
    id: `f${index}`,
    type: "number" as const,
    writable: false,
    period: version,
  }));
  return { hash: version.toString(16).padStart(32, "0"), things: [{ id: "pump", features }] };
}

async function* readingsOf(journal: Journal, stream: string): AsyncGenerator<number> {
  for (let after = beginning, more = true; more; ) {
    const batch = await journal.read(stream, after, { records: 1000, bytes: 262_144 });
    for (const id of readingsIn(batch.records)) yield id;
    if (compareCursors(batch.last, after) < 0) throw new Error("the journal reads backwards");
    after = batch.last;
    more = batch.more;
  }
}

function* readingsIn(bytes: Uint8Array): Generator<number> {
  for (let at = 0, next = 0; at < bytes.length; at = next) {
    next = recordEnd(bytes, at, bytes.length);
    if (next < 0) throw new Error("the journal gave a record that is not sound");
    const record = readRecord(bytes, at);
    if (record.kind === RecordKind.sample) yield readingOf(record.payload);
  }
}

/** The number in a reading's payload. */
export function readingOf(payload: Uint8Array): number {
  const reading: { readonly id: number } = JSON.parse(new TextDecoder().decode(payload));
  return reading.id;
}
