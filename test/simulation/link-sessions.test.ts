import test from "ava";
import { HistoryBroken, playHistory } from "./history.ts";
import { playHistories } from "./play-histories.ts";

const harsh = { steps: 150, isHarsh: true };

test("histories with many replaced flashes and late messages lose nothing", async (t) => {
  t.timeout(300_000);
  const { destroyed, stored } = await playHistories(1, 120, harsh);
  t.true(destroyed > 200 && stored > 200);
});

test("without the check of sessions the same histories lose readings", async (t) => {
  t.timeout(300_000);
  const problems: string[] = [];
  const isLost = (problem: string): boolean => problem.endsWith("is lost");
  for (let seed = 1; seed <= 120 && !problems.some(isLost); seed++) {
    try {
      await playHistory({ ...harsh, seed, takesAnySession: true });
    } catch (error) {
      if (!(error instanceof HistoryBroken)) throw error;
      problems.push(error.message);
    }
  }
  t.true(problems.some(isLost), problems.join("\n"));
});

test("what a full journal drops is told to the gateway, reading by reading", async (t) => {
  t.timeout(300_000);
  const { appended, stored, gaps } = await playHistories(1, 40, { steps: 120, isTight: true });
  t.true(gaps > 10 && stored < appended, `${appended} ${stored} ${gaps}`);
});
