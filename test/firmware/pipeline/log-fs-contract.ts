import type { TestFn } from "ava";
import type { LogFs } from "../../../firmware/pipeline/log-fs.ts";
import { StoreLocked } from "../../../shared/base/level/level-errors.ts";

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
const plain = (read: Uint8Array): readonly number[] => [...read];
const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);

/** What every file system of the journal does. @param use gives one, and a directory in it that is made and empty */
export function logFsContract(test: TestFn, use: (work: (fs: LogFs, home: string) => Promise<void>) => Promise<void>): void {
  test("what is written at a place is read from there, and no more than there is", async (t) => {
    await use(async (fs, home) => {
      const file = await fs.create(`${home}/a`);
      await file.write(bytes(1, 2, 3), 0);
      await file.write(bytes(9, 9), 2);
      await file.sync();
      await file.close();
      t.deepEqual(plain(await fs.read(`${home}/a`, 0, 100)), [1, 2, 9, 9]);
      t.deepEqual(plain(await fs.read(`${home}/a`, 1, 2)), [2, 9]);
      t.deepEqual(plain(await fs.read(`${home}/a`, 4, 2)), []);
    });
  });

  test("a file that is made again is empty", async (t) => {
    await use(async (fs, home) => {
      for (const content of [bytes(1, 2, 3), bytes(4)]) {
        const file = await fs.create(`${home}/a`);
        await file.write(content, 0);
        await file.close();
      }
      t.deepEqual(plain(await fs.read(`${home}/a`, 0, 9)), [4]);
    });
  });

  test("a directory lists its files with their sizes, and its directories apart", async (t) => {
    await use(async (fs, home) => {
      await fs.makeDirectory(`${home}/inner`);
      await fs.makeDirectory(`${home}/inner`);
      for (const name of ["a", "b"]) await (await fs.create(`${home}/${name}`)).close();
      const file = await fs.create(`${home}/inner/c`);
      await file.write(bytes(1, 2), 0);
      await file.close();
      t.deepEqual([...(await fs.list(home))].sort(byName), [
        { name: "a", size: 0 },
        { name: "b", size: 0 },
      ]);
      t.deepEqual(await fs.list(`${home}/inner`), [{ name: "c", size: 2 }]);
      t.deepEqual(await fs.directories(home), ["inner"]);
    });
  });

  test("a renamed file stands in the place of the other, a cut one is shorter, a removed one is gone", async (t) => {
    await use(async (fs, home) => {
      for (const [name, value] of [
        ["a", 1],
        ["b", 2],
      ] as const) {
        const file = await fs.create(`${home}/${name}`);
        await file.write(bytes(value, value, value), 0);
        await file.close();
      }
      await fs.rename(`${home}/a`, `${home}/b`);
      await fs.truncate(`${home}/b`, 2);
      await fs.syncDirectory(home);
      t.deepEqual(await fs.list(home), [{ name: "b", size: 2 }]);
      t.deepEqual(plain(await fs.read(`${home}/b`, 0, 9)), [1, 1]);
      await fs.remove(`${home}/b`);
      await fs.remove(`${home}/b`);
      t.deepEqual(await fs.list(home), []);
    });
  });

  test("a file that is not there is ENOENT", async (t) => {
    await use(async (fs, home) => {
      await t.throwsAsync(fs.read(`${home}/none`, 0, 1), { code: "ENOENT" });
      await t.throwsAsync(fs.truncate(`${home}/none`, 0), { code: "ENOENT" });
      await t.throwsAsync(fs.rename(`${home}/none`, `${home}/a`), { code: "ENOENT" });
      await t.throwsAsync(fs.create(`${home}/none/a`), { code: "ENOENT" });
    });
  });

  test("a directory is locked once, until it is unlocked", async (t) => {
    await use(async (fs, home) => {
      const unlock = await fs.lock(home);
      await t.throwsAsync(fs.lock(home), { instanceOf: StoreLocked });
      await unlock();
      await (await fs.lock(home))();
    });
  });
}
