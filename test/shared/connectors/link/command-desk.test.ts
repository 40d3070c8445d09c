import test from "ava";
import { type Instant, instant, millis } from "../../../../shared/base/units.ts";
import { CommandDesk } from "../../../../shared/connectors/link/command-desk.ts";
import { type CommandRecord, decodeCommandRecord } from "../../../../shared/connectors/link/command-record.ts";
import { LinkMemoryBook } from "../../../../shared/connectors/link/link-memory-book.ts";
import type { CommandExecutor, LinkCommand, LinkMemory } from "../../../../shared/connectors/ports.ts";
import { beginning } from "../../../../shared/pipeline/cursor.ts";
import { RecordKind, readRecord, recordEnd } from "../../../../shared/pipeline/journal-record.ts";
import type { Journal } from "../../../../shared/pipeline/ports.ts";
import { FakeClock, settle } from "../../../harness/fake-clock.ts";
import { FakeLog } from "../../../harness/fake-log.ts";
import { MemoryLogFs } from "../../../harness/memory-log-fs.ts";
import { openSimJournal } from "../../../simulation/sim-journal.ts";

/** A desk over the real journal on a disk in memory; its process can be ended and started again. */
class Office {
  readonly clock = new FakeClock();
  readonly fs = new MemoryLogFs();
  readonly answered: CommandRecord[] = [];
  readonly executed: number[] = [];
  memory: LinkMemory | undefined;
  execute: CommandExecutor["execute"] = async () => ({ outcome: "done" });
  stop = new AbortController();

  async start(): Promise<{ readonly desk: CommandDesk; readonly journal: Journal }> {
    this.stop = new AbortController();
    const { clock } = this;
    const opening = openSimJournal({ fs: this.fs, clock, log: new FakeLog(), random: () => 0, streams: ["commands"], maxBytes: 1 << 23 });
    await clock.advance(millis(10));
    const journal = await opening;
    const store = { load: async () => this.memory, save: (memory: LinkMemory) => this.#save(memory) };
    const book = await LinkMemoryBook.open(store, () => "0".repeat(32));
    const executor: CommandExecutor = {
      execute: (command, stop) => {
        this.executed.push(command.cmdSeq);
        return this.execute(command, stop);
      },
    };
    const desk = new CommandDesk(
      { book, journal, executor, clock, log: new FakeLog(), answered: (record) => this.answered.push(record) },
      this.stop.signal,
    );
    await clock.advance(millis(1000));
    return { desk, journal };
  }

  async #save(memory: LinkMemory): Promise<void> {
    this.memory = memory;
  }

  crash(): void {
    this.stop.abort();
    this.fs.crash("lost");
  }
}

function command(cmdSeq: number, expiresAt: Instant = instant(9e12)): LinkCommand {
  return { cmdSeq, opId: `op-${cmdSeq}`, thing: "pump", feature: "speed", value: 1, who: "anna", expiresAt };
}

async function recorded(journal: Journal): Promise<readonly (CommandRecord | undefined)[]> {
  const { records } = await journal.read("commands", beginning, { records: 1000, bytes: 1 << 20 });
  const found: (CommandRecord | undefined)[] = [];
  for (let at = 0, next = 0; at < records.length; at = next) {
    next = recordEnd(records, at, records.length);
    const record = readRecord(records, at);
    if (record.kind === RecordKind.command) found.push(decodeCommandRecord(record.payload));
  }
  return found;
}

test("a command is carried out once, recorded once and answered again when it is asked again", async (t) => {
  const office = new Office();
  const { desk, journal } = await office.start();
  desk.offer(command(1), 0);
  desk.offer(command(1), 0);
  await office.clock.advance(millis(1000));
  desk.offer(command(1), 0);
  t.deepEqual(office.executed, [1]);
  t.deepEqual(await recorded(journal), [{ cmdSeq: 1, opId: "op-1", outcome: "done" }]);
  t.is(office.answered.length, 2);
});

test("a command whose predecessor is missing waits to be sent again behind it", async (t) => {
  const office = new Office();
  const { desk } = await office.start();
  desk.offer(command(2), 1);
  await office.clock.advance(millis(1000));
  t.deepEqual(office.executed, []);
  desk.offer(command(1), 0);
  desk.offer(command(2), 1);
  await office.clock.advance(millis(1000));
  t.deepEqual(office.executed, [1, 2]);
});

test("a command that comes after its time is answered and not begun", async (t) => {
  const office = new Office();
  const { desk, journal } = await office.start();
  desk.offer(command(1, office.clock.wall()), 0);
  await office.clock.advance(millis(1000));
  t.deepEqual(office.executed, []);
  t.like((await recorded(journal))[0], { cmdSeq: 1, outcome: "expired" });
});

test("what the executor throws is a failure with its code", async (t) => {
  const office = new Office();
  office.execute = async () => {
    throw new Error("no such point");
  };
  const { desk } = await office.start();
  desk.offer(command(1), 0);
  await office.clock.advance(millis(1000));
  t.like(office.answered[0], { outcome: "failed", code: "EDGE_INTERNAL", reason: "no such point" });
});

test("a command that a crash interrupted is recorded as unknown and never begun again", async (t) => {
  const office = new Office();
  office.execute = () => new Promise(() => {});
  const { desk } = await office.start();
  desk.offer(command(1), 0);
  await office.clock.advance(millis(1000));
  office.crash();
  const after = await office.start();
  after.desk.offer(command(1), 0);
  await office.clock.advance(millis(1000));
  t.deepEqual(office.executed, [1]);
  t.like(await recorded(after.journal), [{ cmdSeq: 1, outcome: "unknown" }]);
  t.is(office.answered.at(-1)?.outcome, "unknown");
});

test("a crash behind the record finds it: no second record, no other answer", async (t) => {
  const office = new Office();
  const { desk } = await office.start();
  desk.offer(command(1), 0);
  await office.clock.advance(millis(1000));
  const { memory } = office;
  if (memory !== undefined) office.memory = { ...memory, applied: 0, results: [], begun: { cmdSeq: 1, opId: "op-1", after: beginning } };
  office.crash();
  const after = await office.start();
  t.like(await recorded(after.journal), [{ cmdSeq: 1, outcome: "done" }]);
  t.is(office.memory?.applied, 1);
  t.deepEqual(office.executed, [1]);
});

test("commands beyond the queue are left to be sent again", async (t) => {
  const office = new Office();
  let release = (): void => {};
  office.execute = () => new Promise((resolve) => (release = () => resolve({ outcome: "done" })));
  const { desk } = await office.start();
  for (let cmdSeq = 1; cmdSeq <= 70; cmdSeq++) desk.offer(command(cmdSeq), cmdSeq - 1);
  await settle();
  t.true(desk.overflowed > 0);
  t.deepEqual(office.executed, [1]);
  release();
});
