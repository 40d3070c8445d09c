import test from "ava";
import { type HistoryOptions, JournalHistory } from "./journal-history.ts";

const plain = { steps: 50 };
const cases: readonly (readonly [string, number, Omit<HistoryOptions, "seed">])[] = [
  ["power cuts", 40, plain],
  ["power cuts and a refusing disk", 40, { ...plain, faults: true }],
  ["power cuts, a refusing disk and raised terms", 50, { ...plain, faults: true, raises: true }],
  ["all of that with little room, oldest dropped", 30, { ...plain, faults: true, raises: true, maxBytes: 600_000, steps: 60 }],
  ["all of that with little room, thinned", 30, { ...plain, faults: true, raises: true, maxBytes: 600_000, whenFull: "thin", steps: 60 }],
  ["all of that with little room, stopped", 30, { ...plain, faults: true, raises: true, maxBytes: 600_000, whenFull: "stop", steps: 60 }],
];

for (const [title, lives, options] of cases) {
  test(`in ${lives} random lives with ${title}, nothing durable is lost unsaid, doubled or renamed`, async (t) => {
    for (let seed = 1; seed <= lives; seed++) {
      const history = new JournalHistory({ ...options, seed });
      await t.notThrowsAsync(() => history.run(), `seed ${seed}`);
    }
  });
}
