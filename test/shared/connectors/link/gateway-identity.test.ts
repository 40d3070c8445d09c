import { createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import test from "ava";
import { type Millis, millis } from "../../../../shared/base/units.ts";
import { GatewayIdentity } from "../../../../shared/connectors/link/gateway-identity.ts";
import { GatewayLink } from "../../../../shared/connectors/link/gateway-link.ts";
import type { DownMessage, Hello, Welcome } from "../../../../shared/connectors/link/link-message.ts";
import { defaultGatewayLink } from "../../../../shared/connectors/link/link-settings.ts";
import { signedWelcome } from "../../../../shared/connectors/link/signed-welcome.ts";
import { FakeLog } from "../../../harness/fake-log.ts";

const hex = (digit: string): string => digit.repeat(32);
const spki = Buffer.from("302a300506032b6570032100", "hex");
const announce = { kind: "announce", board: "board", bootId: hex("b"), online: true } as const;

class Key {
  readonly raw: Uint8Array;
  readonly #private: KeyObject;

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    this.raw = new Uint8Array(publicKey.export({ type: "spki", format: "der" }).subarray(-32));
    this.#private = privateKey;
  }

  sign(bytes: Uint8Array): Uint8Array {
    return new Uint8Array(sign(null, bytes, this.#private));
  }
}

/** A gateway that knows one key; the test plays the board and whoever pretends to be it. */
class Bench {
  now: Millis = millis(0);
  known: Uint8Array | undefined;
  readonly link: GatewayLink;
  readonly log = new FakeLog();
  #challenges = 0;

  constructor(known?: Uint8Array) {
    this.known = known;
    const check = (_board: string, key: Uint8Array, signed: Uint8Array, proof: Uint8Array): boolean | "unknown" => {
      const asked = createPublicKey({ key: Buffer.concat([spki, key]), format: "der", type: "spki" });
      if (!verify(null, signed, asked, proof)) return false;
      return this.known === undefined ? "unknown" : Buffer.compare(this.known, key) === 0;
    };
    const newChallenge = (): string => (++this.#challenges).toString(16).padStart(32, "0");
    const memory = { cursors: new Map(), boots: new Map([[3, hex("b")]]), origin: hex("a"), commands: [] };
    const identity = new GatewayIdentity({ verifier: { check }, newChallenge });
    this.link = new GatewayLink({ board: "board", epoch: 5, memory, settings: defaultGatewayLink, identity, log: this.log });
  }

  said(): readonly DownMessage[] {
    return this.link.take().flatMap((action) => (action.do === "send" ? [action.message] : []));
  }

  /** Calls the board. @returns the hello */
  call(): Hello {
    this.link.connected(this.now);
    return this.hello();
  }

  hello(): Hello {
    const [hello] = this.said();
    if (hello?.kind !== "hello") throw new Error("no hello");
    return hello;
  }

  answer(welcome: Welcome): void {
    this.link.received(welcome, this.now);
  }
}

function welcomeTo({ call, challenge = "" }: Hello, key: Key, more: Partial<Welcome> = {}): Welcome {
  const facts = {
    kind: "welcome",
    epoch: 5,
    call,
    board: "board",
    version: "1",
    term: 3,
    bootId: hex("b"),
    origin: hex("a"),
    floor: 0,
  } as const;
  const streams = [{ id: "samples", first: undefined, durable: { term: 3, seq: 12 } }];
  const welcome: Welcome = { ...facts, session: hex("1"), applied: 0, streams, key: key.raw, ...more };
  return { ...welcome, proof: key.sign(signedWelcome(welcome, challenge)) };
}

test("a board that proves its key is in session", (t) => {
  const key = new Key();
  const bench = new Bench(key.raw);
  const hello = bench.call();
  t.regex(hello.challenge ?? "", /^[0-9a-f]{32}$/);
  bench.answer(welcomeTo(hello, key));
  t.is(bench.link.phase, "open");
  t.is(bench.link.verdict, true);
  t.like(bench.said(), [{ kind: "pull", stream: "samples" }]);
});

test("another key opens nothing and is asked nothing, and the board's own answer behind it does", (t) => {
  const key = new Key();
  const bench = new Bench(key.raw);
  const hello = bench.call();
  bench.answer(welcomeTo(hello, new Key(), { session: hex("9") }));
  t.deepEqual(bench.link.take(), []);
  t.is(bench.link.counts.unproved, 1);
  t.is(bench.log.entries.filter(({ level }) => level === "error").length, 1);
  bench.answer(welcomeTo(hello, key));
  t.is(bench.link.phase, "open");
});

const replay = (hello: Hello, key: Key): Welcome => welcomeTo({ ...hello, challenge: hex("f") }, key);
const swapped = (hello: Hello, key: Key): Welcome => ({ ...welcomeTo(hello, key), session: hex("9") });
const lower = (hello: Hello, key: Key): Welcome => ({ ...welcomeTo(hello, key), origin: hex("9"), term: 1 });
const borrowed = (hello: Hello, key: Key): Welcome => ({ ...welcomeTo(hello, new Key()), key: key.raw });
const bare = (hello: Hello, key: Key): Welcome => {
  const { proof: _proof, ...rest } = welcomeTo(hello, key);
  return rest;
};
for (const [title, forge] of [
  ["one that was signed for another challenge", replay],
  ["one whose session was exchanged", swapped],
  ["one that tells of other storage than was signed", lower],
  ["one with the board's key and somebody else's signature", borrowed],
  ["one without a signature", bare],
] as const)
  test(`a welcome is refused: ${title}`, (t) => {
    const key = new Key();
    const bench = new Bench(key.raw);
    bench.answer(forge(bench.call(), key));
    t.is(bench.link.phase, "calling");
    t.deepEqual(bench.said(), []);
    t.is(bench.link.counts.unproved, 1);
    t.is(bench.link.counts.sessions, 0);
  });

test("a welcome of the call before is not taken, however well it is signed", (t) => {
  const key = new Key();
  const bench = new Bench(key.raw);
  const old = welcomeTo(bench.call(), key);
  bench.link.received(announce, bench.now);
  t.not(bench.hello().challenge, undefined);
  bench.answer(old);
  bench.answer({ ...old, call: old.call + 1 });
  t.is(bench.link.phase, "calling");
});

test("a board whose key nobody knows is asked nothing but who it is, and now and then only", (t) => {
  const key = new Key();
  const bench = new Bench();
  const kinds: string[] = [];
  let hello = bench.call();
  for (let second = 0; second < 600; second++) {
    bench.now = millis(second * 1000);
    if (hello.call > 0) bench.answer(welcomeTo(hello, key));
    hello = { ...hello, call: 0 };
    if (second % 10 === 0) {
      bench.link.received(announce, bench.now);
      bench.link.received({ kind: "beat", session: hex("1"), stamp: 1, epoch: 5 }, bench.now);
    }
    bench.link.tick(bench.now);
    for (const message of bench.said()) {
      kinds.push(message.kind);
      if (message.kind === "hello") hello = message;
    }
  }
  t.is(bench.link.verdict, "unknown");
  t.deepEqual([...new Set(kinds)], ["hello"]);
  t.true(kinds.length > 3 && kinds.length <= 61, `${kinds.length}`);
  bench.known = key.raw;
  bench.answer(welcomeTo(bench.call(), key));
  t.is(bench.link.phase, "open");
});
