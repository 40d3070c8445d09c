import test from "ava";
import { playHistories } from "./play-histories.ts";

test("board and gateway lose, double and overwrite nothing in 250 histories from seed 1 on", async (t) => {
  t.timeout(300_000);
  const { appended, stored, commands } = await playHistories(1, 250, { steps: 100 });
  t.true(appended > 10_000 && stored > 10_000 && commands > 500, `too little happened: ${appended} ${stored} ${commands}`);
});
