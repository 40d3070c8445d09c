import test from "ava";
import { crashStore } from "../../../harness/gateway-store-crashes.ts";
import { ScratchDirectory } from "../../../harness/scratch-directory.ts";

test("a store that is killed under load again and again keeps each acknowledged change, of one piece and once", async (t) => {
  t.timeout(120_000);
  using home = new ScratchDirectory();
  const { promised, faults } = await crashStore(home.path, 6);
  t.deepEqual(faults, []);
  t.true(promised >= 6 * 20);
});
