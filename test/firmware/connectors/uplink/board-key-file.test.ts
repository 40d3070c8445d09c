import { createPublicKey, verify } from "node:crypto";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { BoardKey } from "../../../../firmware/connectors/uplink/board-key.ts";
import { openBoardKey } from "../../../../firmware/connectors/uplink/board-key-file.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";
import { FakeLog } from "../../../harness/fake-log.ts";

async function fileOf(t: ExecutionContext): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), "penstock-key-"));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  return path.join(directory, "board-key.pem");
}

const open = (file: string, log: FakeLog, isKnown = false): Promise<BoardKey> =>
  openBoardKey({ file, isKnown, clock: new FakeClock(), log });
const levels = (log: FakeLog): readonly string[] => log.entries.map(({ level }) => level);

test("a board has one key from its first start on, in a file for its owner alone", async (t) => {
  const file = await fileOf(t);
  const log = new FakeLog();
  const first = await open(file, log);
  t.is(first.publicKey.length, 32);
  t.is((await stat(file)).mode & 0o777, 0o600);
  await chmod(file, 0o644);
  const again = await open(file, log, true);
  t.deepEqual(again.publicKey, first.publicKey);
  t.is((await stat(file)).mode & 0o777, 0o600);
  t.deepEqual(await readdir(path.dirname(file)), ["board-key.pem"]);
  t.deepEqual(levels(log), []);
});

test("what it signs can be checked with the raw public key", (t) => {
  const key = BoardKey.generate();
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key.publicKey]);
  const proof = key.sign(Uint8Array.of(1, 2, 3));
  t.is(proof.length, 64);
  const publicKey = createPublicKey({ key: spki, format: "der", type: "spki" });
  t.true(verify(null, Uint8Array.of(1, 2, 3), publicKey, proof));
  t.false(verify(null, Uint8Array.of(1, 2, 4), publicKey, proof));
});

for (const [what, content] of [
  ["is empty", ""],
  ["is torn", "-----BEGIN PRIVATE KEY-----\nMC4CAQ"],
  [
    "holds a key of another kind",
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VuBCIEIKgeEBTJJ4sVY1Ni0nSGEYx1vQj0jJzmMz4e0xlMdy9W\n-----END PRIVATE KEY-----\n",
  ],
] as const)
  test(`a file that ${what} is kept aside for a new key, with a warning`, async (t) => {
    const file = await fileOf(t);
    await writeFile(file, content);
    const log = new FakeLog();
    const key = await open(file, log);
    t.deepEqual(levels(log), ["warn"]);
    const aside = (await readdir(path.dirname(file))).filter((name) => name !== "board-key.pem");
    t.is(aside.length, 1);
    t.is(await readFile(path.join(path.dirname(file), aside[0] ?? ""), "utf8"), content);
    t.deepEqual((await open(file, log)).publicKey, key.publicKey);
  });

test("a key that is gone from a board that spoke to a gateway is warned of", async (t) => {
  const log = new FakeLog();
  await open(await fileOf(t), log, true);
  t.deepEqual(levels(log), ["warn"]);
});

test("a key that cannot be kept serves all the same", async (t) => {
  const file = await fileOf(t);
  await rm(path.dirname(file), { recursive: true });
  const log = new FakeLog();
  t.is((await open(file, log)).publicKey.length, 32);
  t.deepEqual(levels(log), ["error"]);
});
