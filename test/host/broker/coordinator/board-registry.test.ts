import { readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "ava";
import { encodeLinkMessage } from "../../../../shared/connectors/link/link-codec.ts";
import { ScratchDirectory } from "../../../harness/scratch-directory.ts";
import { anna, CoordinatorSet, viewer } from "../open-coordinator.ts";

const fileOf = async (set: CoordinatorSet): Promise<unknown> => JSON.parse(await readFile(set.file, "utf8"));

/** An edit as an editor makes it, with another time than the file had. */
async function edit(set: CoordinatorSet, text: string): Promise<void> {
  await writeFile(set.file, text);
}

test("the first start makes an empty file and says nothing; a file that is gone later is told of", async (t) => {
  using scratch = new ScratchDirectory();
  await using first = await CoordinatorSet.open({ directory: scratch.path });
  t.deepEqual(await fileOf(first), { version: 1, boards: [] });
  await first.boards.create(anna, { id: "a" });
  await first.close();
  t.deepEqual(await first.events("boards.file-missing"), []);
  await rm(first.file);
  await using second = await CoordinatorSet.open({ directory: scratch.path, store: first.store, clock: first.clock });
  await second.until(async () => (await second.events("boards.file-missing")).length === 1);
  t.deepEqual(await fileOf(second), { version: 1, boards: [{ id: "a" }] });
});

test("what the file names holds at start; what only the store knows stays and is written", async (t) => {
  using scratch = new ScratchDirectory();
  {
    await using first = await CoordinatorSet.open({ directory: scratch.path });
    await first.boards.create(anna, { id: "a", labels: { line: "1" } });
    await first.boards.create(anna, { id: "b", name: "Old name" });
    await first.close();
    await writeFile(
      first.file,
      JSON.stringify({
        version: 1,
        boards: [
          { id: "b", name: "New name" },
          { id: "c", enabled: false },
        ],
      }),
    );
    await using second = await CoordinatorSet.open({ directory: scratch.path, store: first.store, clock: first.clock });
    const all = (await second.boards.list()).map(({ id, name, enabled }) => [id, name, enabled]).sort();
    t.deepEqual(all, [
      ["a", "a", true],
      ["b", "New name", true],
      ["c", "c", false],
    ]);
    t.deepEqual(await fileOf(second), {
      version: 1,
      boards: [
        { id: "a", labels: { line: "1" } },
        { id: "b", name: "New name" },
        { id: "c", enabled: false },
      ],
    });
  }
});

test("an edit is taken in within seconds; what it does not name any more goes", async (t) => {
  await using set = await CoordinatorSet.open();
  await set.boards.create(anna, { id: "a" });
  await edit(set, JSON.stringify({ version: 1, boards: [{ id: "b", labels: { site: "x" } }] }));
  await set.until(async () => (await set.boards.get("b")) !== undefined && (await set.boards.get("a")) === undefined);
  t.is((await set.store.get("thing", "b"))?.kind, "board");
  t.is(set.state("b"), "connecting");
});

test("a bad edit is refused with place, value and what was expected, and what was there holds", async (t) => {
  await using set = await CoordinatorSet.open();
  await set.boards.create(anna, { id: "a" });
  await edit(set, JSON.stringify({ version: 1, boards: [{ id: "a" }, { id: "no good" }] }));
  await set.until(async () => (await set.events("boards.file-refused")).length === 1);
  const { events } = await set.store.events(0, 1000);
  const text = events.find(({ type }) => type === "boards.file-refused")?.text ?? "";
  t.regex(text, /boards\.json:1:\d+: \/boards\/1\/id: "no good" is not allowed; expected/);
  t.deepEqual(
    (await set.boards.list()).map(({ id }) => id),
    ["a"],
  );
  await edit(set, JSON.stringify({ version: 1, boards: [{ id: "a" }, { id: "a" }] }));
  await set.until(async () => (await set.events("boards.file-refused")).length === 2);
  await set.boards.create(anna, { id: "b" });
  t.deepEqual(await fileOf(set), { version: 1, boards: [{ id: "a" }, { id: "b" }] });
});

test("changes of people are on record, rewrite the file, and are refused to whom they are not granted", async (t) => {
  await using set = await CoordinatorSet.open();
  const made = await set.boards.create(anna, { id: "a" });
  await t.throwsAsync(set.boards.create(anna, { id: "a" }), { code: "EDGE_ALREADY_EXISTS" });
  await t.throwsAsync(set.boards.create(viewer, { id: "z" }), { code: "EDGE_FORBIDDEN" });
  t.deepEqual(set.refused, ["user:viewer board:create EDGE_FORBIDDEN"]);
  await t.throwsAsync(set.boards.patch(anna, "a", { name: "x" }, { ifRev: made.rev + 7 }), { code: "EDGE_REVISION_CONFLICT" });
  await t.throwsAsync(set.boards.patch(anna, "a", { labels: { "no good": 1 } }, {}), { code: "EDGE_RESOURCE_INVALID" });
  await t.throwsAsync(set.boards.patch(anna, "a", { id: "q" }, {}), { code: "EDGE_RESOURCE_INVALID" });
  await t.throwsAsync(set.boards.patch(anna, "none", { name: "x" }, {}), { code: "EDGE_NOT_FOUND" });
  const patched = await set.boards.patch(anna, "a", { name: "Pump house", labels: { line: "a" } }, { ifRev: made.rev });
  t.deepEqual([patched.name, patched.labels], ["Pump house", { line: "a" }]);
  t.is((await set.store.get("thing", "a"))?.name, "Pump house");
  await set.boards.remove(anna, "a", {});
  const lines = await set.store.audit(0, 100);
  t.deepEqual(
    lines.map(({ action, id, outcome }) => `${action} ${id} ${outcome}`),
    ["board:create a done", "board:update a done", "board:delete a done"],
  );
  t.deepEqual(await fileOf(set), { version: 1, boards: [] });
});

test("a board cannot take the name of a thing that is there", async (t) => {
  await using set = await CoordinatorSet.open();
  await set.store.commit({
    actor: "user:anna",
    puts: [
      {
        kind: "thing",
        id: "hall",
        document: {
          id: "hall",
          kind: "site",
          name: "Hall",
          labels: {},
          lifecycle: { desired: "present", reported: "present", deleting: [] },
        },
      },
    ],
  });
  await t.throwsAsync(set.boards.create(anna, { id: "hall" }), { code: "EDGE_ALREADY_EXISTS" });
});

test("a thousand strangers are listed, further ones are counted", async (t) => {
  await using set = await CoordinatorSet.open();
  for (let at = 0; at < 1050; at++) {
    const id = `stranger-${at}`;
    const peer = set.memory.join(id, () => t.fail("a stranger was asked for something"));
    peer.send(encodeLinkMessage({ kind: "announce", board: id, bootId: "0".repeat(32), online: true }));
  }
  await set.until(() => [...set.registry.all].length === 1000 && set.registry.overflowed === 50);
  const written = (await stat(set.file)).size;
  t.true(written < 100, "strangers are not in the file");
  t.is(path.basename(set.file), "boards.json");
});

test("credentials are told once, only their hash is kept, and they go with the board", async (t) => {
  await using set = await CoordinatorSet.open();
  await set.boards.create(anna, { id: "a" });
  const { username, password } = await set.boards.credentials(anna, "a");
  t.deepEqual([username, password.length >= 32], ["board:a", true]);
  t.deepEqual(await set.store.states("broker/account/"), [["broker/account/a", { hash: `hash of ${password}` }]]);
  await t.throwsAsync(set.boards.credentials(viewer, "a"), { code: "EDGE_FORBIDDEN" });
  await t.throwsAsync(set.boards.credentials(anna, "none"), { code: "EDGE_NOT_FOUND" });
  await set.boards.remove(anna, "a", {});
  t.deepEqual(await set.store.states("broker/account/"), []);
});
