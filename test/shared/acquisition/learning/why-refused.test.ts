import test from "ava";
import fc from "fast-check";
import { type Extent, type RefusalFinding, whyRefused } from "../../../../shared/acquisition/learning/why-refused.ts";

interface Search {
  readonly findings: readonly RefusalFinding[];
  readonly probes: readonly { readonly start: number; readonly end: number }[];
}

/** Runs a search against a unit that takes what `takes` says. */
function search(values: readonly Extent[], takes: (start: number, end: number) => boolean): Search {
  const steps = whyRefused("holding", values);
  const probes: { start: number; end: number }[] = [];
  let step = steps.next();
  while (step.done !== true) {
    const { start, end } = step.value;
    probes.push({ start, end });
    step = steps.next(takes(start, end));
  }
  return { findings: step.value, probes };
}

const words = (from: number, count: number): readonly Extent[] =>
  Array.from({ length: count }, (_, n) => ({ start: from + n, end: from + n + 1 }));
const without =
  (...missing: readonly number[]) =>
  (start: number, end: number): boolean =>
    !missing.some((address) => start <= address && address < end);

test("one missing register among 125 is found with 14 probes", (t) => {
  const { findings, probes } = search(words(0, 125), without(77));
  t.deepEqual(findings, [{ kind: "value", area: "holding", from: 77, to: 77 }]);
  t.true(probes.length <= 14, `${probes.length} probes`);
});

test("a unit that takes 50 registers at most is found out with 10 probes, and no register is blamed", (t) => {
  const { findings, probes } = search(words(0, 125), (start, end) => end - start <= 50);
  t.deepEqual(findings, [{ kind: "limit", area: "holding", largest: 50, refused: 51 }]);
  t.true(probes.length <= 12, `${probes.length} probes`);
});

test("unwanted addresses between two values are blamed as a whole, and never asked for alone", (t) => {
  const values = [...words(0, 4), ...words(10, 4)];
  const { findings, probes } = search(values, without(7));
  t.deepEqual(findings, [{ kind: "gap", area: "holding", from: 4, to: 9 }]);
  const edges = new Set(values.flatMap(({ start, end }) => [start, end]));
  t.true(probes.every(({ start, end }) => edges.has(start) && edges.has(end)));
});

test("a border that no read may cross is told from a limit", (t) => {
  const { findings } = search(words(0, 60), (start, end) => end <= 30 || start >= 30);
  t.deepEqual(findings, [{ kind: "gap", area: "holding", from: 30, to: 29 }]);
});

test("a single refused value needs no probe", (t) => {
  t.deepEqual(
    search([{ start: 4, end: 6 }], () => false),
    { findings: [{ kind: "value", area: "holding", from: 4, to: 5 }], probes: [] },
  );
});

test("values that overlap are asked for one by one", (t) => {
  const values = [
    { start: 0, end: 4 },
    { start: 2, end: 6 },
  ];
  t.deepEqual(search(values, without(5)).findings, [{ kind: "value", area: "holding", from: 2, to: 5 }]);
  t.deepEqual(search(values, (start, end) => end - start <= 4).findings, [{ kind: "limit", area: "holding", largest: 4, refused: 6 }]);
});

const someUnit = fc.record({
  spans: fc.array(fc.record({ gap: fc.integer({ min: 0, max: 4 }), span: fc.integer({ min: 1, max: 4 }) }), {
    minLength: 1,
    maxLength: 40,
  }),
  missing: fc.array(fc.integer({ min: 0, max: 160 }), { maxLength: 6 }),
  limit: fc.integer({ min: 4, max: 160 }),
});

test("every search finds something true, within the read, and in few probes", (t) => {
  const property = fc.property(someUnit, ({ spans, missing, limit }) => {
    let at = 0;
    const values = spans.map(({ gap, span }) => {
      const start = at + gap;
      at = start + span;
      return { start, end: at };
    });
    const takes = (start: number, end: number): boolean => end - start <= limit && without(...missing)(start, end);
    const [first, last] = [values[0]?.start ?? 0, values[values.length - 1]?.end ?? 0];
    if (takes(first, last)) return;
    const { findings, probes } = search(values, takes);
    t.true(findings.length > 0);
    t.true(probes.every(({ start, end }) => start >= first && end <= last && end - start < last - first));
    // Each finding costs a way down the halves and, for a limit or a gap, one more search.
    t.true(probes.length <= (findings.length + 1) * 4 * Math.ceil(Math.log2(values.length + 1)), `${probes.length} probes`);
    for (const finding of findings) {
      if (finding.kind === "limit") t.true(limit >= finding.largest && limit < finding.refused);
      else if (finding.kind === "value") t.false(takes(finding.from, finding.to + 1));
      else t.false(values.some(({ start, end }) => start <= finding.to && end > finding.from));
    }
  });
  t.notThrows(() => fc.assert(property, { numRuns: 500 }));
});
