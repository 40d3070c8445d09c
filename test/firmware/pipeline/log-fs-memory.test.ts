import test from "ava";
import type { LogFile } from "../../../firmware/pipeline/log-fs.ts";
import { diskError, MemoryLogFs } from "../../harness/memory-log-fs.ts";
import { logFsContract } from "./log-fs-contract.ts";

logFsContract(test, async (work) => {
  const fs = new MemoryLogFs();
  await fs.makeDirectory("home");
  await work(fs, "home");
});

async function made(fs: MemoryLogFs): Promise<LogFile> {
  await fs.makeDirectory("home");
  const file = await fs.create("home/a");
  await fs.syncDirectory("home");
  return file;
}

test("a crash takes what was not synced, names too", async (t) => {
  const fs = new MemoryLogFs();
  const file = await made(fs);
  await file.write(Uint8Array.of(1, 2), 0);
  await file.sync();
  await file.write(Uint8Array.of(3), 2);
  await fs.create("home/b");
  fs.crash("lost");
  t.deepEqual(fs.paths, ["home/a"]);
  t.deepEqual([...fs.get("home/a")], [1, 2]);
  await t.throwsAsync(file.write(Uint8Array.of(4), 2), { code: "EBADF" });
});

test("a lying sync keeps nothing", async (t) => {
  const fs = new MemoryLogFs();
  const file = await made(fs);
  fs.lying = true;
  await file.write(Uint8Array.of(1, 2), 0);
  await file.sync();
  fs.crash("lost");
  t.deepEqual([...fs.get("home/a")], []);
});

test("what a failed sync left out does not come with the next one", async (t) => {
  const fs = new MemoryLogFs();
  const file = await made(fs);
  await file.write(Uint8Array.of(1, 2), 0);
  fs.fault = (operation, path) => (operation === "sync" ? diskError("EIO", operation, path) : undefined);
  await t.throwsAsync(file.sync(), { code: "EIO" });
  fs.fault = () => undefined;
  await file.write(Uint8Array.of(3), 2);
  await file.sync();
  fs.crash("lost");
  t.deepEqual([...fs.get("home/a")], [0, 0, 3]);
});

test("a full disk takes what fits and says ENOSPC", async (t) => {
  const fs = new MemoryLogFs();
  const file = await made(fs);
  fs.capacity = 3;
  await t.throwsAsync(file.write(Uint8Array.of(1, 2, 3, 4), 0), { code: "ENOSPC" });
  t.is(fs.used, 3);
});
