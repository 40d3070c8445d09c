import { cpSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { LevelTwinStore } from "../../../firmware/twin/twin-store-level.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { FakeLog } from "../../harness/fake-log.ts";
import { ScratchDirectory } from "../../harness/scratch-directory.ts";

const features = 600;

/** A store as a process killed at last leaves it: half of its features in a table and half in the log. */
async function makeStore(directory: string): Promise<void> {
  const live = `${directory}-live`;
  for (const half of [0, 1]) {
    const store = await LevelTwinStore.open({ directory: live, clock: new FakeClock(), log: new FakeLog() });
    const patches: Promise<unknown>[] = [];
    for (let index = half * (features / 2); index < (half + 1) * (features / 2); index++) {
      patches.push(store.patchDesired(`pump-${index}/speed`, { value: index, text: `${index * 7919}`.repeat(20) }));
    }
    await Promise.all(patches);
    if (half === 1) cpSync(live, directory, { recursive: true });
    await store.close();
  }
}

function flipOnce(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

const flip = (share: number) => (file: string) => flipOnce(file, Math.floor(statSync(file).size * share));
const cut = (share: number) => (file: string) => truncateSync(file, Math.floor(statSync(file).size * share));

for (const [kind, form] of [
  ["CURRENT", /^CURRENT$/],
  ["MANIFEST", /^MANIFEST-/],
  ["a table", /\.ldb$/],
  ["the log", /\.log$/],
] as const) {
  for (const [what, damage] of [
    ["one bit flipped at its start", flip(0)],
    ["one bit flipped in its middle", flip(0.5)],
    ["its second half cut off", cut(0.5)],
  ] as const) {
    test(`${kind} with ${what}: the twins open, an alarm says so, and each one found is as it was`, async (t) => {
      using scratch = new ScratchDirectory();
      const directory = join(scratch.path, "twin");
      await makeStore(directory);
      for (const name of readdirSync(directory))
        if (form.test(name) && statSync(join(directory, name)).size > 0) damage(join(directory, name));
      const log = new FakeLog();
      const store = await LevelTwinStore.open({ directory, clock: new FakeClock(), log });
      const found = [...store.list()];
      for (const { thing, desired } of found) t.is(desired?.["value"], Number(thing.slice(5)));
      // A log cut off inside a record is what a killed process leaves; what stands before the cut is there.
      if (kind === "the log" && what.includes("cut")) t.true(found.length >= features / 2);
      else {
        t.not(store.recovery, "clean");
        t.true(log.entries.some(({ level }) => level === "error"));
        t.true(found.length > 0);
      }
      await t.notThrowsAsync(store.patchDesired("pump-0/speed", { value: 0 }));
      await store.close();
      await using again = await LevelTwinStore.open({ directory, clock: new FakeClock(), log: new FakeLog() });
      t.is(again.recovery, "clean");
      t.true([...again.list()].length >= found.length);
    });
  }
}
