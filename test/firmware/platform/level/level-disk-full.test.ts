import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Level } from "level";
import { openLevel } from "../../../../firmware/platform/level/open-level.ts";
import { isDiskFull } from "../../../../shared/base/level/disk-full.ts";
import { StoreUnwritable } from "../../../../shared/base/level/level-errors.ts";
import { FakeLog } from "../../../harness/fake-log.ts";
import { SmallVolume } from "../../../harness/small-volume.ts";
import { volumeTest } from "../../../harness/volume-test.ts";

const onVolume = volumeTest();
const records = 800;

/** A closed store with all its records: the first half in a table, the second half in the log. */
async function makeStore(directory: string): Promise<void> {
  for (const half of [0, 1]) {
    const db = new Level(directory);
    await db.open();
    for (let index = half * (records / 2); index < (half + 1) * (records / 2); index++) await db.put(`key-${index}`, "value ".repeat(20));
    await db.close();
  }
}

async function countIn(directory: string): Promise<{ readonly recovery: string; readonly count: number }> {
  const { db, recovery } = await openLevel({ directory, log: new FakeLog() });
  const count = (await db.keys().all()).length;
  await db.close();
  return { recovery, count };
}

/** What is wrong with the store, and how many of its records must come back. */
const states: readonly (readonly [string, (directory: string) => void, number])[] = [
  ["a whole store", () => {}, records],
  ["a store without CURRENT", (directory) => rmSync(join(directory, "CURRENT")), records],
  [
    "a store with a damaged log",
    (directory) => {
      const file = readdirSync(directory).find((name) => name.endsWith(".log")) ?? "";
      const bytes = readFileSync(join(directory, file));
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0x10;
      writeFileSync(join(directory, file), bytes);
    },
    records / 2,
  ],
];

for (const [what, damage, least] of states)
  onVolume(`${what} on a disk with too little room is not opened, loses nothing by that, and opens when there is room`, async (t) => {
    for (const left of [0, 8192, 40_000, 80_000, 140_000, 220_000, 300_000]) {
      using volume = new SmallVolume(4 << 20);
      const directory = join(volume.path, "store");
      await makeStore(directory);
      damage(directory);
      volume.fill(left);
      for (let attempt = 0; attempt < 3; attempt++) {
        try {
          const { count } = await countIn(directory);
          t.true(count >= least, `${count} records with ${left} bytes left`);
        } catch (error) {
          t.true(error instanceof StoreUnwritable && isDiskFull(error), `${left} bytes left: ${error}`);
        }
      }
      volume.makeRoom();
      const { count, recovery } = await countIn(directory);
      t.true(count >= least, `${count} records after ${left} bytes`);
      t.not(recovery, "lost");
    }
  });
