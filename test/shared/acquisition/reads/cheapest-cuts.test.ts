import test from "ava";
import { cheapestCuts, type Stretch } from "../../../../shared/acquisition/reads/cheapest-cuts.ts";

/** A stretch that counts how often it is looked at. */
function countedStretches(count: number, gap: number): { readonly stretches: readonly Stretch[]; readonly looks: () => number } {
  let looks = 0;
  const stretches = Array.from({ length: count }, (_, n): Stretch => {
    const start = n * (gap + 1);
    return {
      get start() {
        looks++;
        return start;
      },
      get end() {
        looks++;
        return start + 1;
      },
      get joins() {
        looks++;
        return n > 0;
      },
    };
  });
  return { stretches, looks: () => looks };
}

test("stretches without any need no request", (t) => {
  t.deepEqual(cheapestCuts([], { limit: 125, perRequest: 1, perItem: 1 }), []);
});

test("a stretch that may not join opens a request of its own", (t) => {
  const stretches = [
    { start: 0, end: 1, joins: true },
    { start: 1, end: 2, joins: false },
    { start: 2, end: 3, joins: true },
  ];
  t.deepEqual(cheapestCuts(stretches, { limit: 125, perRequest: 100, perItem: 1 }), [0, 1]);
});

test("it looks past the greedy first fill where that costs less", (t) => {
  // Filling from the left gives 0–9 and 10–19 with the hole in between read; one hole must be crossed, the narrow one is cheaper.
  const stretches = [
    { start: 0, end: 2, joins: true },
    { start: 8, end: 10, joins: true },
    { start: 11, end: 13, joins: true },
  ];
  t.deepEqual(cheapestCuts(stretches, { limit: 10, perRequest: 10, perItem: 1 }), [0, 1]);
});

for (const gap of [0, 1, 30, 200]) {
  test(`4,096 stretches with holes of ${gap} are each looked at three times`, (t) => {
    const { stretches, looks } = countedStretches(4096, gap);
    const cuts = cheapestCuts(stretches, { limit: 125, perRequest: 1000, perItem: 4 });
    t.is(cuts[0], 0);
    t.is(looks(), 3 * 4096);
  });
}
