import { isDeepStrictEqual } from "node:util";
import { instant, millis } from "../../shared/base/units.ts";
import type { LinkCommand } from "../../shared/connectors/ports.ts";
import { type Cursor, compareCursors } from "../../shared/pipeline/cursor.ts";
import { decodeGap } from "../../shared/pipeline/gap-record.ts";
import { RecordKind } from "../../shared/pipeline/journal-record.ts";
import { FakeClock } from "../harness/fake-clock.ts";
import { FaultyNetwork } from "./faulty-network.ts";
import { seededRandom } from "./seeded-random.ts";
import { readingOf, SimBoard, sampleStreams } from "./sim-board.ts";
import { SimGateway } from "./sim-gateway.ts";
import { SimVerifier } from "./sim-identity.ts";

export interface HistoryOptions {
  readonly seed: number;
  readonly steps: number;
  /** The deliberate mistake: the gateway takes appends of any session. */
  readonly takesAnySession?: boolean;
  /** Few readings, many crashes and replacements of the flash, and much that comes late: where sessions matter most. */
  readonly isHarsh?: boolean;
  /** The journal has little room, and the gateway is away for long: records have to go, and every one of them must be told of. */
  readonly isTight?: boolean;
}

/** What a step does, by chance; the rest of the steps bring back what is down. */
const mild = {
  sample: 0.6,
  change: 0.02,
  order: 0.06,
  crash: 0.04,
  replace: 0.01,
  lie: 0.02,
  gateway: 0.04,
  cut: 0.02,
  slow: 0.01,
  wait: 0.01,
};
const harsh = { sample: 0.2, change: 0, order: 0, crash: 0.12, replace: 0.05, lie: 0, gateway: 0, cut: 0, slow: 0, wait: 0.01 };
const tight = { sample: 0.7, change: 0, order: 0, crash: 0.02, replace: 0, lie: 0, gateway: 0.1, cut: 0.02, slow: 0, wait: 0.01 };

/** What a history came to, when nothing was wrong with it. */
export interface HistoryFigures {
  readonly appended: number;
  readonly stored: number;
  readonly destroyed: number;
  readonly commands: number;
  readonly sessions: number;
  readonly messages: number;
  readonly gaps: number;
}

/** A history broke what must hold always. The seed plays it again. */
export class HistoryBroken extends Error {
  readonly seed: number;
  constructor(seed: number, problem: string) {
    super(`seed ${seed}: ${problem}`);
    this.seed = seed;
  }
}

/** One life of a board and its gateway in virtual time, with all that can go wrong: decided by the seed alone. */
class History {
  readonly #options: HistoryOptions;
  readonly #random: () => number;
  readonly #clock = new FakeClock();
  readonly #network: FaultyNetwork;
  readonly #board: SimBoard;
  readonly #gateway: SimGateway;
  #readings = 0;
  #commands = 0;
  #cursors = new Map<string, Cursor>();
  #brokerUp = true;

  constructor(options: HistoryOptions) {
    this.#options = options;
    const random = seededRandom(options.seed);
    this.#random = random;
    this.#network = new FaultyNetwork(this.#clock, random, {
      loss: random() * 0.15,
      twice: random() * 0.15,
      delay: 1 + random() * 400,
      straggle: options.isHarsh === true ? 0.7 : random() * 0.1,
      onlyAppends: options.isHarsh === true,
      forged: options.isHarsh === true ? 0 : 0.3,
    });
    this.#board = new SimBoard(this.#clock, random, this.#network, (id) => this.#isKept(id));
    const verifier = new SimVerifier(this.#board.signer.publicKey);
    this.#gateway = new SimGateway(this.#clock, random, this.#network, verifier, options.takesAnySession === true);
    if (options.isTight === true) this.#board.maxBytes = 24_576;
  }

  async run(): Promise<HistoryFigures> {
    await this.#start(() => this.#board.boot());
    await this.#start(() => this.#gateway.start());
    for (let step = 0; step < this.#options.steps; step++) {
      await this.#step();
      await this.#clock.advance(millis(this.#random() * 300));
      this.#check();
    }
    await this.#settle();
    this.#checkAll();
    const { appended, destroyed } = this.#board;
    const kept = this.#gateway.store.board("board");
    const gaps = sampleStreams.reduce(
      (sum, id) => sum + [...kept.stream(id).values()].filter(({ kind }) => kind === RecordKind.gap).length,
      0,
    );
    return {
      appended: appended.size,
      stored: this.#gateway.store.records,
      destroyed: destroyed.size,
      commands: kept.commands.size,
      sessions: this.#gateway.store.epoch,
      messages: this.#network.messages,
      gaps: gaps + kept.gaps.length,
    };
  }

  /** Starts something that needs time to pass. */
  async #start(work: () => Promise<void>): Promise<void> {
    let failure: unknown;
    void work().catch((error: unknown) => {
      failure = error;
    });
    await this.#clock.advance(millis(50));
    if (failure !== undefined) throw failure;
  }

  async #step(): Promise<void> {
    const { isHarsh = false, isTight = false } = this.#options;
    const chances = isHarsh ? harsh : isTight ? tight : mild;
    let left = this.#random();
    const falls = (chance: number): boolean => {
      left -= chance;
      return left < 0;
    };
    const board = this.#board;
    const gateway = this.#gateway;
    if (falls(chances.sample)) this.#sample(1 + Math.floor(this.#random() * (isHarsh ? 2 : isTight ? 60 : 8)));
    else if (falls(chances.order)) this.#order();
    else if (falls(chances.change)) board.change();
    else if (falls(chances.crash)) board.crash();
    else if (falls(chances.replace)) board.replaceFlash();
    else if (falls(chances.lie)) board.lying = this.#random() < 0.5;
    else if (falls(chances.gateway)) gateway.crash();
    else if (falls(chances.cut)) this.#cut();
    else if (falls(chances.slow)) gateway.slowness = this.#random() < 0.5 ? 20 : 3000;
    else if (falls(chances.wait)) await this.#clock.advance(millis(this.#random() * 60_000));
    else if (!board.up) await this.#start(() => board.boot());
    else if (!gateway.up) await this.#start(() => gateway.start());
    else if (!this.#brokerUp) this.#join();
    else if (!board.inSession) await this.#clock.advance(millis(this.#random() * 15_000));
  }

  #sample(count: number): void {
    const stream = sampleStreams[Math.floor(this.#random() * sampleStreams.length)] ?? "samples";
    for (let each = 0; each < count; each++) if (this.#board.up) this.#board.sample(++this.#readings, stream);
  }

  #order(): void {
    const cmdSeq = ++this.#commands;
    const expiresAt = instant(this.#clock.wall() + (this.#random() < 0.2 ? 500 : 3_600_000));
    const command: LinkCommand = { cmdSeq, opId: `op-${cmdSeq}`, thing: "pump", feature: "speed", value: cmdSeq, who: "anna", expiresAt };
    this.#gateway.order(command);
  }

  #cut(): void {
    if (!this.#brokerUp) return;
    this.#brokerUp = false;
    this.#network.cut();
    this.#board.hangUp();
    this.#gateway.hangUp();
  }

  #join(): void {
    this.#brokerUp = true;
    this.#board.dial();
    this.#gateway.rejoin();
  }

  /** All faults end, and time passes until everything has come to rest. */
  async #settle(): Promise<void> {
    this.#board.lying = false;
    Object.assign(this.#network.faults, { loss: 0, twice: 0, delay: 20, straggle: 0, onlyAppends: false, forged: 0 });
    this.#gateway.slowness = 20;
    if (!this.#board.up) await this.#start(() => this.#board.boot());
    if (!this.#gateway.up) await this.#start(() => this.#gateway.start());
    if (!this.#brokerUp) this.#join();
    for (let wait = 0; wait < 60 && !this.#isAtRest(); wait++) {
      await this.#clock.advance(millis(5000));
      this.#check();
    }
  }

  #isAtRest(): boolean {
    const { journal } = this.#board;
    const kept = this.#gateway.store.board("board");
    if (
      journal === undefined ||
      !this.#board.inSession ||
      this.#gateway.phase !== "open" ||
      this.#gateway.description?.hash !== this.#board.description.hash ||
      [...kept.commands.values()].some(({ ended }) => ended === undefined)
    )
      return false;
    return journal.streams.every((id) => {
      const { last, durable, segments } = journal.info(id);
      const cursor = kept.cursors.get(id);
      return compareCursors(last, durable) === 0 && (segments === 0 || (cursor !== undefined && compareCursors(cursor, durable) >= 0));
    });
  }

  /** What must hold at every step. */
  #check(): void {
    if (this.#gateway.fault !== undefined) this.#broken(String(this.#gateway.fault));
    const { cursors } = this.#gateway.store.board("board");
    for (const [stream, cursor] of cursors) {
      const before = this.#cursors.get(stream);
      if (before !== undefined && compareCursors(cursor, before) < 0) this.#broken(`the cursor of ${stream} went back`);
    }
    this.#cursors = new Map(cursors);
    for (const [cmdSeq, times] of this.#board.begun) if (times > 1) this.#broken(`command ${cmdSeq} was begun ${times} times`);
  }

  /** What must hold when everything has come to rest. */
  #checkAll(): void {
    if (!this.#isAtRest()) this.#broken("it does not come to rest");
    const kept = this.#gateway.store.board("board");
    const stored = new Map<number, number>();
    for (const stream of sampleStreams)
      for (const { kind, payload } of kept.stream(stream).values())
        if (kind === RecordKind.sample) stored.set(readingOf(payload), (stored.get(readingOf(payload)) ?? 0) + 1);
    for (const [id, times] of stored) if (times > 1 && !this.#board.mayRepeat.has(id)) this.#broken(`reading ${id} is kept ${times} times`);
    for (const id of stored.keys()) if (!this.#board.appended.has(id)) this.#broken(`reading ${id} was never taken`);
    for (const id of this.#board.appended.keys())
      if (!stored.has(id) && !this.#board.destroyed.has(id) && !this.#isTold(id)) this.#broken(`reading ${id} is lost`);
    this.#checkCommands();
    if (!isDeepStrictEqual(this.#gateway.description, this.#board.description)) this.#broken("what the board has is not what it said");
  }

  /** True when a gap that the gateway keeps covers the place of the reading. */
  #isTold(id: number): boolean {
    const stream = this.#board.appended.get(id);
    const place = this.#board.places.get(id);
    if (this.#options.isTight !== true || stream === undefined || place === undefined) return false;
    const kept = this.#gateway.store.board("board");
    const told = [...kept.stream(stream).values()].flatMap(({ kind, payload }) =>
      kind === RecordKind.gap ? (decodeGap(payload) ?? []) : [],
    );
    const gaps = [...told, ...kept.gaps.filter((gap) => gap.stream === stream)];
    return gaps.some(({ from, to }) => from.seq <= place.seq && place.seq <= to.seq);
  }

  #checkCommands(): void {
    const kept = this.#gateway.store.board("board");
    for (const [cmdSeq, { ended }] of kept.commands) {
      const begun = this.#board.begun.get(cmdSeq) ?? 0;
      if (ended === undefined) this.#broken(`command ${cmdSeq} was never answered`);
      else if (begun === 0 && (ended.outcome === "done" || ended.outcome === "failed"))
        this.#broken(`command ${cmdSeq} is ${ended.outcome} and was never begun`);
      else if (begun === 1 && (ended.outcome === "expired" || ended.outcome === "refused"))
        this.#broken(`command ${cmdSeq} is ${ended.outcome} and was begun`);
    }
  }

  #isKept(id: number): boolean {
    const stream = this.#board.appended.get(id);
    if (stream === undefined) return false;
    for (const { kind, payload } of this.#gateway.store.board("board").stream(stream).values())
      if (kind === RecordKind.sample && readingOf(payload) === id) return true;
    return false;
  }

  #broken(problem: string): never {
    throw new HistoryBroken(this.#options.seed, problem);
  }
}

/** Plays one history. @throws {HistoryBroken} */
export async function playHistory(options: HistoryOptions): Promise<HistoryFigures> {
  try {
    return await new History(options).run();
  } catch (error) {
    if (error instanceof HistoryBroken) throw error;
    throw new HistoryBroken(options.seed, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}
