import test from "ava";
import { instant, type Millis, millis } from "../../../../shared/base/units.ts";
import { encodeUtf8 } from "../../../../shared/base/utf8.ts";
import { encodeCommandRecord } from "../../../../shared/connectors/link/command-record.ts";
import type { GatewayAction } from "../../../../shared/connectors/link/gateway-action.ts";
import { GatewayLink } from "../../../../shared/connectors/link/gateway-link.ts";
import type { Append, DownMessage, Welcome } from "../../../../shared/connectors/link/link-message.ts";
import { defaultGatewayLink } from "../../../../shared/connectors/link/link-settings.ts";
import type { BoardMemory, LinkBatch, LinkCommand } from "../../../../shared/connectors/ports.ts";
import type { Cursor } from "../../../../shared/pipeline/cursor.ts";
import { encodeRecord, RecordKind } from "../../../../shared/pipeline/journal-record.ts";
import { joinBytes } from "../../../../shared/pipeline/move-records.ts";
import { FakeLog } from "../../../harness/fake-log.ts";

const hex = (digit: string): string => digit.repeat(32);
const known: BoardMemory = {
  cursors: new Map([["samples", { term: 3, seq: 10 }]]),
  boots: new Map([[3, hex("b")]]),
  origin: hex("a"),
  commands: [],
};
const command: LinkCommand = { cmdSeq: 4, opId: "op-4", thing: "pump", feature: "speed", value: 1, who: "anna", expiresAt: instant(9e12) };

/** A gateway's end; the test plays store and board. */
class Bench {
  now: Millis = millis(0);
  readonly link: GatewayLink;

  constructor(memory: BoardMemory = known) {
    this.link = new GatewayLink({ board: "board", epoch: 5, memory, settings: defaultGatewayLink, describes: true, log: new FakeLog() });
  }

  said(): readonly DownMessage[] {
    return this.link.take().flatMap((action) => (action.do === "send" ? [action.message] : []));
  }

  actions(): readonly GatewayAction[] {
    return this.link.take();
  }

  welcome(more: Partial<Welcome> = {}): void {
    const common = {
      kind: "welcome",
      epoch: 5,
      call: 1,
      board: "board",
      version: "1",
      term: 3,
      bootId: hex("b"),
      origin: hex("a"),
    } as const;
    const streams = [{ id: "samples", first: { term: 1, seq: 1 }, durable: { term: 3, seq: 12 } }];
    this.link.received({ ...common, floor: 0, session: hex("1"), applied: 0, streams, ...more }, this.now);
  }

  /** In session; what was said so far is forgotten. */
  open(): this {
    this.link.connected(this.now);
    this.welcome();
    this.link.take();
    return this;
  }

  append(prev: Cursor, places: readonly Cursor[], session = hex("1")): void {
    this.link.received(appendOf(prev, places, session), this.now);
  }

  batches(): readonly LinkBatch[] {
    return this.actions().flatMap((action) => (action.do === "apply" ? [action.batch] : []));
  }
}

function appendOf(prev: Cursor, places: readonly Cursor[], session: string): Append {
  const records = joinBytes(places.map((place) => encodeRecord({ ...place, micros: 1, kind: RecordKind.sample }, encodeUtf8("{}"))));
  return { kind: "append", session, stream: "samples", prev, last: places.at(-1) ?? prev, count: places.length, records, more: false };
}

const place = (seq: number, term = 3): Cursor => ({ term, seq });

test("a known board is called, its welcome followed by a pull from where it stands", (t) => {
  const bench = new Bench();
  bench.link.connected(bench.now);
  t.deepEqual(bench.said(), [{ kind: "hello", epoch: 5, call: 1, board: "board" }]);
  bench.welcome();
  t.like(bench.said(), [
    { kind: "pull", session: hex("1"), stream: "samples", from: place(10) },
    { kind: "ack", stream: "samples", cursor: place(10) },
  ]);
});

test("nothing is acknowledged before it is kept, and what came meanwhile goes into the next batch as one", (t) => {
  const bench = new Bench().open();
  bench.append(place(10), [place(11)]);
  bench.append(place(11), [place(12)]);
  bench.append(place(12), [place(13), place(14)]);
  const first = bench.actions();
  t.like(first, [{ do: "apply", batch: { streams: [{ prev: place(10), cursor: place(11) }] } }]);
  t.is(first.length, 1);
  bench.link.applied(bench.now);
  t.like(bench.actions(), [
    { do: "send", message: { kind: "ack", cursor: place(11) } },
    { do: "apply", batch: { streams: [{ prev: place(11), cursor: place(14), records: [{ seq: 12 }, { seq: 13 }, { seq: 14 }] }] } },
  ]);
});

test("an append that does not follow is dropped and asked for again, once", (t) => {
  const bench = new Bench().open();
  bench.append(place(10), [place(11)]);
  bench.actions();
  bench.append(place(13), [place(14)]);
  bench.append(place(14), [place(15)]);
  t.like(bench.said(), [{ kind: "pull", from: place(11) }]);
  t.is(bench.link.counts.astray, 2);
});

test("an append of another session is dropped", (t) => {
  const bench = new Bench().open();
  bench.append(place(10), [place(11)], hex("9"));
  t.deepEqual(bench.actions(), []);
  t.is(bench.link.counts.foreign, 1);
});

test("what is here already is acknowledged again and not kept again", (t) => {
  const bench = new Bench().open();
  bench.append(place(8), [place(9), place(10)]);
  t.like(bench.said(), [{ kind: "ack", cursor: place(10) }]);
});

test("a batch that cannot be kept is asked for again in another session", (t) => {
  const bench = new Bench().open();
  bench.append(place(10), [place(11)]);
  bench.actions();
  bench.link.failed(bench.now);
  bench.link.tick(millis(10_000));
  t.like(bench.said(), [{ kind: "hello", call: 2 }]);
  bench.welcome({ call: 2, session: hex("2") });
  t.like(bench.said()[0], { kind: "pull", from: place(10) });
});

for (const [title, more] of [
  ["a term that another start has used", { bootId: hex("c") }],
  ["a lower term of storage that was replaced", { term: 1, bootId: hex("c"), origin: hex("d") }],
  ["a higher term of storage that was replaced and started often", { term: 9, bootId: hex("c"), origin: hex("d") }],
] as const)
  test(`a board with ${title} is raised before anything is asked of it`, (t) => {
    const bench = new Bench();
    bench.link.connected(bench.now);
    bench.actions();
    bench.welcome(more);
    t.like(bench.said(), [{ kind: "raise", floor: "term" in more ? Math.max(3, more.term) : 3 }]);
    bench.link.received({ kind: "raised", session: hex("1"), term: 10 }, bench.now);
    t.like(bench.said(), [{ kind: "hello", call: 2 }]);
    bench.welcome({ ...more, call: 2, term: 10, floor: 9, session: hex("2") });
    t.like(bench.batches(), [{ boot: { term: 10, bootId: hex("c") } }]);
    bench.link.applied(bench.now);
    t.like(bench.said()[0], { kind: "pull", from: place(10), session: hex("2") });
  });

test("a gateway that is told of a newer one keeps quiet for good", (t) => {
  const bench = new Bench();
  bench.link.connected(bench.now);
  bench.actions();
  bench.link.received({ kind: "refusal", code: "STALE_EPOCH", epoch: 9, seen: 9, board: "board" }, bench.now);
  bench.link.received({ kind: "announce", board: "board", bootId: hex("b"), online: true }, bench.now);
  bench.link.tick(millis(100_000));
  t.deepEqual(bench.actions(), []);
  t.is(bench.link.phase, "fenced");
});

test("a command is marked before it is sent, sent again until it is answered, and ended with its record", (t) => {
  const bench = new Bench().open();
  bench.link.issue(command, bench.now);
  t.deepEqual(bench.actions(), [{ do: "mark", cmdSeqs: [4], origin: hex("a") }]);
  bench.link.marked([4], hex("a"), bench.now);
  t.like(bench.said(), [{ kind: "command", cmdSeq: 4, after: 0, session: hex("1") }]);
  bench.link.received({ kind: "beat", session: hex("1"), stamp: 1, epoch: 5 }, millis(9000));
  bench.said();
  bench.link.tick(millis(10_000));
  t.like(
    bench.said().filter(({ kind }) => kind === "command"),
    [{ cmdSeq: 4 }],
  );
  const payload = encodeCommandRecord({ cmdSeq: 4, opId: "op-4", outcome: "done" });
  const records = encodeRecord({ ...place(11), micros: 1, kind: RecordKind.command }, payload);
  bench.link.received({ ...appendOf(place(10), [place(11)], hex("1")), records }, millis(10_000));
  t.like(bench.batches(), [{ ended: [{ cmdSeq: 4, outcome: "done" }] }]);
  bench.link.applied(millis(10_000));
  t.is(bench.link.waitingCommands, 0);
});

test("a command that may have reached storage which is gone ends as unknown, and is never sent again", (t) => {
  const bench = new Bench({ ...known, commands: [{ command, sentTo: hex("a") }] });
  bench.link.connected(bench.now);
  bench.actions();
  bench.welcome({ term: 4, bootId: hex("c"), origin: hex("d"), floor: 3 });
  t.like(bench.batches(), [{ origin: hex("d"), ended: [{ cmdSeq: 4, outcome: "unknown" }] }]);
  bench.link.applied(bench.now);
  t.false(bench.said().some(({ kind }) => kind === "command"));
});

test("silence of the board leads to another hello, and in the end to waiting for it", (t) => {
  const bench = new Bench().open();
  bench.append(place(10), []);
  bench.actions();
  bench.link.tick(millis(30_000));
  t.like(bench.said(), [{ kind: "hello", call: 2 }]);
  for (const now of [40_000, 50_000, 60_000]) bench.link.tick(millis(now));
  t.is(bench.link.phase, "away");
  bench.link.received({ kind: "announce", board: "board", bootId: hex("b"), online: true }, millis(70_000));
  t.is(bench.link.phase, "calling");
});

const partOf = (part: number, hash = hex("7")) =>
  ({ kind: "description", session: hex("1"), hash, part, parts: 2, things: [{ id: `t${part}`, features: [] }] }) as const;

test("what the board has is asked for part by part when its hash is another than the one that is kept, and not again", (t) => {
  const bench = new Bench({ ...known, description: hex("6") });
  bench.link.connected(bench.now);
  bench.welcome({ description: hex("6") });
  t.false(bench.said().some(({ kind }) => kind === "describe"));
  bench.link.received({ kind: "beat", session: hex("1"), stamp: 1, epoch: 5, description: hex("7") }, bench.now);
  t.like(bench.said()[1], { kind: "describe", session: hex("1"), part: 0 });
  bench.link.received(partOf(0), bench.now);
  t.like(bench.said(), [{ kind: "describe", part: 1 }]);
  bench.link.received(partOf(1), bench.now);
  const things = [
    { id: "t0", features: [] },
    { id: "t1", features: [] },
  ];
  t.deepEqual(bench.actions(), [{ do: "describe", description: { hash: hex("7"), things } }]);
  bench.link.described(hex("7"), true);
  bench.link.connected(bench.now);
  bench.actions();
  bench.welcome({ call: 2, session: hex("2"), description: hex("7") });
  t.false(bench.said().some(({ kind }) => kind === "describe"));
});

test("a part that does not come is asked for again; what could not be kept is fetched in the next session only", (t) => {
  const bench = new Bench();
  bench.link.connected(bench.now);
  bench.welcome({ description: hex("7") });
  bench.append(place(10), []);
  bench.said();
  bench.link.tick(millis(10_000));
  t.like(bench.said(), [{ kind: "describe", part: 0 }]);
  bench.link.received(partOf(0), bench.now);
  bench.link.received(partOf(1), bench.now);
  bench.actions();
  bench.link.described(hex("7"), false);
  bench.link.received({ kind: "beat", session: hex("1"), stamp: 1, epoch: 5, description: hex("7") }, millis(11_000));
  t.is(bench.said().length, 1);
  bench.link.connected(bench.now);
  bench.actions();
  bench.welcome({ call: 2, session: hex("2"), description: hex("7") });
  t.true(bench.said().some(({ kind }) => kind === "describe"));
});

test("the board is told whether anybody looks: at once, with each heartbeat, and anew in each session", (t) => {
  const bench = new Bench().open();
  bench.link.watch(true);
  t.deepEqual(bench.said(), []);
  bench.link.watch(false);
  t.deepEqual(bench.said(), [{ kind: "beat", session: hex("1"), stamp: 0, epoch: 5, live: false }]);
  bench.link.received({ kind: "beat", session: hex("1"), stamp: 12, epoch: 5 }, bench.now);
  t.deepEqual(bench.said(), [{ kind: "beat", session: hex("1"), stamp: 12, epoch: 5, live: false }]);
  bench.link.connected(bench.now);
  bench.said();
  bench.welcome({ call: 2, session: hex("2") });
  t.like(bench.said()[0], { kind: "beat", session: hex("2"), live: false });
});
