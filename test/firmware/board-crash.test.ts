import test from "ava";
import { crashRounds } from "../harness/crash-rounds.ts";

const rounds = 5;

for (let batch = 1; batch <= 4; batch += 1) {
  test.serial(
    `a board that is killed at random moments under load keeps what it promised to clients and gateway, and every store opens (${batch} of 4, ${rounds} kills each)`,
    async (t) => {
      t.timeout(300_000);
      const { writes, messages, records, commands, unopened, lost } = await crashRounds(rounds);
      t.deepEqual(lost, []);
      t.deepEqual(unopened, []);
      t.true(writes > 0 && messages > 0 && records > 0 && commands === rounds, "there was load");
    },
  );
}
