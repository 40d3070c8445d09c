import { generateKeyPairSync, sign, verify } from "node:crypto";
import test from "ava";
import { instant, type Millis, millis } from "../../../../shared/base/units.ts";
import type { BoardAction } from "../../../../shared/connectors/link/board-action.ts";
import type { BoardDescription } from "../../../../shared/connectors/link/board-description.ts";
import { BoardLink } from "../../../../shared/connectors/link/board-link.ts";
import type { LiveValue, UpMessage } from "../../../../shared/connectors/link/link-message.ts";
import { type BoardLinkSettings, defaultBoardLink } from "../../../../shared/connectors/link/link-settings.ts";
import { signedWelcome } from "../../../../shared/connectors/link/signed-welcome.ts";
import type { LinkMemory, LinkSigner } from "../../../../shared/connectors/ports.ts";
import { beginning, type Cursor } from "../../../../shared/pipeline/cursor.ts";
import { encodeRecord, RecordKind } from "../../../../shared/pipeline/journal-record.ts";
import type { StreamInfo } from "../../../../shared/pipeline/ports.ts";
import { FakeLog } from "../../../harness/fake-log.ts";

const hex = (digit: string): string => digit.repeat(32);

/** A board's end with a journal that only says what it has; the test plays disk and network. */
class Bench {
  now: Millis = millis(0);
  memory: LinkMemory = { origin: hex("a"), floor: 0, term: 1, epoch: 5, applied: 0, begun: undefined, results: [] };
  durable: Cursor = { term: 1, seq: 100 };
  sessions = 0;
  readonly link: BoardLink;

  constructor(settings: Partial<BoardLinkSettings> = {}, signer?: LinkSigner, description?: () => BoardDescription) {
    const info = (id: string): StreamInfo => ({
      id,
      first: { term: 1, seq: 1 },
      last: this.durable,
      durable: this.durable,
      acknowledged: beginning,
      bytes: 0,
      segments: 1,
      waiting: 0,
    });
    this.link = new BoardLink(
      {
        board: "board",
        version: "1",
        journal: { bootId: hex("b"), term: 1, streams: ["samples"], info },
        memory: () => this.memory,
        signer,
        description,
        settings: { ...defaultBoardLink, batchRecords: 10, batchBytes: 65_536, ...settings },
        newSession: () => hex(String(++this.sessions)),
        log: new FakeLog(),
      },
      this.now,
    );
  }

  /** What is to be done since the last look. */
  actions(): readonly BoardAction[] {
    return this.link.take();
  }

  said(): readonly UpMessage[] {
    return this.actions().flatMap((action) => (action.do === "send" ? [action.message] : []));
  }

  /** In session and pulled from the beginning; all that was said so far is forgotten. */
  open(): this {
    this.link.connected(this.now);
    this.link.received({ kind: "hello", epoch: 5, call: 1, board: "board" }, this.now);
    this.link.received(
      { kind: "pull", epoch: 5, session: hex("1"), stream: "samples", from: beginning, records: 10, bytes: 65_536 },
      this.now,
    );
    return this;
  }

  /** Answers every read with one record behind its place, until none is asked for. @returns how many were asked for */
  serve(): number {
    let served = 0;
    for (let actions = this.actions(); actions.length > 0; actions = this.actions()) {
      for (const action of actions) {
        if (action.do !== "read") continue;
        served++;
        const last = { term: 1, seq: action.after.seq + 1 };
        const records = encodeRecord({ ...last, micros: 1, kind: RecordKind.sample }, new Uint8Array(100));
        this.link.read(
          action.stream,
          action.ticket,
          { prev: action.after, records, count: 1, last, more: last.seq < this.durable.seq },
          this.now,
        );
      }
    }
    return served;
  }
}

test("a connected board announces itself until a gateway says hello", (t) => {
  const bench = new Bench();
  bench.link.connected(bench.now);
  t.deepEqual(bench.said(), [{ kind: "announce", board: "board", bootId: hex("b"), online: true }]);
  bench.link.tick(millis(9_999));
  t.deepEqual(bench.said(), []);
  bench.link.tick(millis(10_000));
  t.is(bench.said().length, 1);
});

test("hello is answered with a new session, the same hello with the same", (t) => {
  const bench = new Bench();
  bench.link.connected(bench.now);
  bench.actions();
  const hello = { kind: "hello", epoch: 5, call: 1, board: "board" } as const;
  bench.link.received(hello, bench.now);
  const [first] = bench.said();
  t.like(first, {
    kind: "welcome",
    epoch: 5,
    call: 1,
    term: 1,
    session: hex("1"),
    streams: [{ id: "samples", durable: { term: 1, seq: 100 } }],
  });
  bench.link.received(hello, bench.now);
  t.deepEqual(bench.said(), first === undefined ? [] : [first]);
  bench.link.received({ ...hello, call: 2 }, bench.now);
  t.like(bench.said()[0], { kind: "welcome", session: hex("2") });
});

test("a gateway of an older epoch is refused in everything it asks", (t) => {
  const bench = new Bench();
  bench.link.connected(bench.now);
  bench.actions();
  const stale = { kind: "refusal", code: "STALE_EPOCH", epoch: 5, seen: 5 };
  bench.link.received({ kind: "hello", epoch: 4, call: 9, board: "board" }, bench.now);
  t.like(bench.said()[0], stale);
  const order = { after: 0, cmdSeq: 1, opId: "o", thing: "pump", feature: "speed", value: 1, who: "anna", expiresAt: instant(9e12) };
  bench.link.received({ kind: "command", epoch: 4, session: hex("9"), ...order }, bench.now);
  const actions = bench.actions();
  t.false(actions.some((action) => action.do === "command"));
  t.is(bench.link.refused, 1);
});

test("a higher epoch is kept before it is obeyed", (t) => {
  const bench = new Bench();
  bench.link.connected(bench.now);
  bench.actions();
  bench.link.received({ kind: "hello", epoch: 6, call: 1, board: "board" }, bench.now);
  t.deepEqual(bench.actions(), [{ do: "remember", epoch: 6, term: 1 }]);
  bench.memory = { ...bench.memory, epoch: 6 };
  bench.link.remembered(bench.now);
  t.like(bench.said()[0], { kind: "welcome", epoch: 6 });
});

test("a gateway that means another board is told so", (t) => {
  const bench = new Bench();
  bench.link.connected(bench.now);
  bench.actions();
  bench.link.received({ kind: "hello", epoch: 5, call: 1, board: "other" }, bench.now);
  t.like(bench.said()[0], { kind: "refusal", code: "ID_MISMATCH", board: "board" });
});

test("what belongs to another session has no effect", (t) => {
  const bench = new Bench().open();
  bench.actions();
  bench.link.received({ kind: "ack", epoch: 5, session: hex("7"), stream: "samples", cursor: { term: 1, seq: 50 } }, bench.now);
  t.deepEqual(
    bench.actions().map((action) => action.do),
    ["send"],
  );
});

test("no more is on its way than the bounds allow, and an answer lets more go", (t) => {
  const bench = new Bench({ flights: 4, windowBytes: 1_000_000 }).open();
  t.is(bench.serve(), 4);
  bench.link.received({ kind: "ack", epoch: 5, session: hex("1"), stream: "samples", cursor: { term: 1, seq: 3 } }, bench.now);
  t.is(bench.serve(), 3);
});

test("what is not answered in time is sent again from the last place that was, and in the end the session is given up", (t) => {
  const bench = new Bench({ flights: 2 }).open();
  bench.serve();
  bench.link.tick(millis(10_000));
  t.is(bench.serve(), 2);
  t.is(bench.link.senders.resent, 2);
  bench.now = millis(20_000);
  bench.link.tick(bench.now);
  bench.serve();
  bench.now = millis(30_000);
  bench.link.tick(bench.now);
  t.false(bench.link.open);
});

test("old records keep to the rate of catching up; new ones do not count against it", (t) => {
  const bench = new Bench({ catchUp: 10, flights: 1000, windowBytes: 8_000_000 });
  bench.durable = { term: 1, seq: 10_000 };
  bench.open();
  const first = bench.serve();
  t.true(first <= 10, `${first}`);
  bench.now = millis(1000);
  bench.link.tick(bench.now);
  t.true(bench.serve() <= 11);
  bench.durable = { term: 1, seq: 10_050 };
  bench.link.durable("samples", bench.now);
  t.true(bench.serve() >= 50);
});

const value = (key: string, seq: number): LiveValue => ({
  stream: "samples",
  key,
  at: { term: 1, seq },
  time: instant(1),
  payload: new Uint8Array(1),
});

test("newest values go ahead of their records: those of one moment in one message, the next when that one came and some time has passed", (t) => {
  const bench = new Bench({ flights: 1 }).open();
  bench.serve();
  t.true(bench.link.offer(value("a", 200)));
  t.false(bench.link.offer(value("a", 201)));
  bench.link.offer(value("b", 202));
  t.true((bench.link.due(bench.now) ?? 1) <= bench.now);
  bench.link.tick(bench.now);
  t.like(bench.said(), [
    {
      kind: "live",
      values: [
        { key: "a", at: { seq: 201 } },
        { key: "b", at: { seq: 202 } },
      ],
    },
  ]);
  bench.link.offer(value("a", 203));
  bench.now = millis(19);
  bench.link.liveDelivered(bench.now);
  t.deepEqual(bench.said(), []);
  t.is(bench.link.due(bench.now), millis(20));
  bench.now = millis(20);
  bench.link.tick(bench.now);
  t.like(bench.said(), [{ values: [{ key: "a", at: { seq: 203 } }] }]);
  bench.link.offer(value("a", 204));
  bench.now = millis(60);
  bench.link.tick(bench.now);
  t.deepEqual(bench.said(), []);
  bench.link.liveDelivered(bench.now);
  t.like(bench.said(), [{ values: [{ key: "a", at: { seq: 204 } }] }]);
});

test("a value whose record went meanwhile does not go again", (t) => {
  const bench = new Bench();
  bench.durable = { term: 1, seq: 1 };
  bench.open().serve();
  bench.link.offer(value("a", 2));
  bench.durable = { term: 1, seq: 2 };
  bench.link.durable("samples", bench.now);
  bench.serve();
  bench.link.tick(bench.now);
  t.deepEqual(bench.said(), []);
});

test("a board that keeps to it sends newest values only while their stream is behind", (t) => {
  const behind = new Bench({ live: "behind", flights: 1 }).open();
  behind.serve();
  t.true(behind.link.offer(value("a", 200)));
  const current = new Bench({ live: "behind" });
  current.durable = { term: 1, seq: 1 };
  current.open().serve();
  t.false(current.link.offer(value("a", 2)));
});

test("no newest values go while nobody looks at them", (t) => {
  const bench = new Bench().open();
  bench.link.received({ kind: "beat", epoch: 5, session: hex("1"), stamp: 0, live: false }, bench.now);
  t.false(bench.link.offer(value("a", 200)));
  bench.link.received({ kind: "beat", epoch: 5, session: hex("1"), stamp: 0, live: true }, bench.now);
  t.true(bench.link.offer(value("a", 201)));
});

test("newest values keep to the rate of catching up, too", (t) => {
  const bench = new Bench({ catchUp: 10 }).open();
  for (let index = 0; index < 30; index++) bench.link.offer(value(`k${index}`, 200 + index));
  bench.actions();
  bench.link.tick(bench.now);
  const counted = (): number => bench.said().reduce((sum, message) => sum + (message.kind === "live" ? message.values.length : 0), 0);
  t.is(counted(), 10);
  bench.link.liveDelivered(bench.now);
  bench.now = millis(500);
  bench.link.tick(bench.now);
  t.is(counted(), 5);
});

test("a challenge is answered with a signature by the board's key over this call, this session and this storage", (t) => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = new Uint8Array(publicKey.export({ type: "spki", format: "der" }).subarray(-32));
  const bench = new Bench({}, { publicKey: raw, sign: (bytes) => new Uint8Array(sign(null, bytes, privateKey)) });
  bench.link.connected(bench.now);
  t.like(bench.said(), [{ kind: "announce", key: raw }]);
  bench.link.received({ kind: "hello", epoch: 5, call: 1, board: "board" }, bench.now);
  const [unasked] = bench.said();
  t.true(unasked?.kind === "welcome" && unasked.key === raw && unasked.proof === undefined);
  bench.link.received({ kind: "hello", epoch: 5, call: 2, board: "board", challenge: hex("c") }, bench.now);
  const [welcome] = bench.said();
  if (welcome?.kind !== "welcome" || welcome.proof === undefined) return t.fail("no proof");
  t.true(verify(null, signedWelcome(welcome, hex("c")), publicKey, welcome.proof));
  for (const other of [
    { session: hex("9") },
    { call: 3 },
    { epoch: 6 },
    { bootId: hex("9") },
    { origin: hex("9") },
    { board: "x" },
    { term: 9 },
  ])
    t.false(verify(null, signedWelcome({ ...welcome, ...other }, hex("c")), publicKey, welcome.proof));
  t.false(verify(null, signedWelcome(welcome, hex("d")), publicKey, welcome.proof));
  return;
});

test("what the board has is named in welcome and heartbeats, and given out part by part when it is asked for", (t) => {
  let hash = hex("7");
  const features = Array.from({ length: 600 }, (_, index) => ({ id: `f${index}`, type: "number" as const, writable: false }));
  const bench = new Bench({}, undefined, () => ({ hash, things: [{ id: "pump", features }] }));
  bench.link.connected(bench.now);
  bench.link.received({ kind: "hello", epoch: 5, call: 1, board: "board" }, bench.now);
  t.like(bench.said().at(-1), { kind: "welcome", description: hash });
  const session = hex("1");
  bench.link.received({ kind: "describe", epoch: 5, session, part: 1 }, bench.now);
  t.like(bench.said(), [{ kind: "description", hash, part: 1, things: [{ id: "pump" }] }]);
  bench.link.received({ kind: "describe", epoch: 5, session, part: 99 }, bench.now);
  t.deepEqual(bench.said(), []);
  hash = hex("8");
  bench.link.described();
  t.like(bench.said(), [{ kind: "beat", description: hash }]);
});

test("silence ends the session, heartbeats and their answers keep it", (t) => {
  const bench = new Bench().open();
  bench.actions();
  bench.link.tick(millis(10_000));
  const [beat] = bench.said();
  t.like(beat, { kind: "beat", stamp: 10_000 });
  bench.link.received({ kind: "beat", epoch: 5, session: hex("1"), stamp: 10_000 }, millis(10_020));
  t.is(bench.link.roundTrip, millis(20));
  bench.link.tick(millis(40_000));
  t.true(bench.link.open);
  bench.link.tick(millis(40_020));
  t.false(bench.link.open);
});
