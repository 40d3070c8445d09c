import test from "ava";
import { FlashWear } from "../../../firmware/pipeline/flash-wear.ts";
import { NodeLogFs } from "../../../firmware/pipeline/log-fs-node.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { ScratchDirectory } from "../../harness/scratch-directory.ts";
import { logFsContract } from "./log-fs-contract.ts";

logFsContract(test, async (work) => {
  using scratch = new ScratchDirectory();
  await work(new NodeLogFs(new FlashWear({ clock: new FakeClock() })), scratch.path);
});

test("what is written and synced is counted", async (t) => {
  using scratch = new ScratchDirectory();
  const wear = new FlashWear({ clock: new FakeClock(), blocksPerSync: 0, leastPerSync: 0 });
  const fs = new NodeLogFs(wear);
  const file = await fs.create(`${scratch.path}/a`);
  await file.write(new Uint8Array(100), 0);
  await file.sync();
  await file.write(new Uint8Array(4000), 100);
  await file.sync();
  await file.close();
  t.is(wear.bytesWritten, 4100);
  t.is(wear.syncs, 2);
  t.is(wear.bytesProgrammed, 3 * 4096);
});
