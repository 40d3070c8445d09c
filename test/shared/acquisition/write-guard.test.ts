import test from "ava";
import type { ResolvedWrite } from "../../../shared/acquisition/resolve-point.ts";
import type { PointValue } from "../../../shared/acquisition/sample.ts";
import { type RefusalReason, WriteGuard } from "../../../shared/acquisition/write-guard.ts";
import { millis } from "../../../shared/base/units.ts";

const open: ResolvedWrite = {
  min: undefined,
  max: undefined,
  values: undefined,
  perMinute: 60,
  readBack: true,
  expiry: millis(60_000),
  hold: false,
};
const now = millis(0);

const verdict = test.macro({
  exec(t, rule: Partial<ResolvedWrite> | undefined, value: PointValue, expected: RefusalReason | undefined) {
    const guard = new WriteGuard(rule === undefined ? undefined : { ...open, ...rule });
    t.is(guard.wouldRefuse(value, now)?.reason, expected);
    t.is(guard.refuse(value, now)?.reason, expected);
  },
  title: (given) => given ?? "",
});

test("a point without a rule refuses everything", verdict, undefined, 1, "rule");
test("an empty rule lets any value pass", verdict, {}, "anything", undefined);
test("the smallest value allowed passes", verdict, { min: -5, max: 5 }, -5, undefined);
test("the largest value allowed passes", verdict, { min: -5, max: 5 }, 5, undefined);
test("a value below the smallest is refused", verdict, { min: -5 }, -5.01, "range");
test("a value above the largest is refused", verdict, { max: 5 }, 5.01, "range");
test("a big integer above the largest is refused", verdict, { max: 5 }, 2n ** 60n, "range");
test("a big integer within the range passes", verdict, { max: 2 ** 62 }, 2n ** 60n, undefined);
test("a decimal string beyond the range is refused", verdict, { max: 5 }, "9007199254740993", "range");
test("a decimal string within the range passes", verdict, { min: 1, max: 5 }, "3", undefined);
test("what is not a number is in no range", verdict, { min: 1 }, Number.NaN, "range");
test("infinity is above every largest value", verdict, { max: 5 }, Number.POSITIVE_INFINITY, "range");
test("text has no place in a range", verdict, { min: 1 }, "five", "type");
test("a boolean has no place in a range", verdict, { min: 0, max: 1 }, true, "type");
test("one of the allowed values passes", verdict, { values: ["off", "auto"] }, "auto", undefined);
test("none of the allowed values is refused", verdict, { values: ["off", "auto"] }, "on", "value");
test("a boolean is not the number that looks like it", verdict, { values: [1] }, true, "value");
test("false alone may be allowed", verdict, { values: [false] }, true, "value");
test("an allowed number may come as a big integer", verdict, { values: [7] }, 7n, undefined);
test("allowed values and a range both have to let it pass", verdict, { values: [1, 9], max: 5 }, 9, "range");
test("a list of allowed elements passes", verdict, { max: 5 }, [1, 2, 5], undefined);
test("one element that is not allowed refuses the list", verdict, { max: 5 }, [1, 6, 2], "range");

test("a refusal says what came and what was expected", (t) => {
  const refused = new WriteGuard({ ...open, min: 1, max: 5 }).refuse(6, now);
  t.is(refused?.code, "EDGE_WRITE_REFUSED");
  t.is(refused?.message, "6 is out of range: expected a number from 1 to 5");
  t.is(new WriteGuard({ ...open, values: ["off", 2] }).refuse("on", now)?.message, '"on" is not allowed: expected one of "off", 2');
});

test("no more writes than the rule says pass in any minute, and lists count once", (t) => {
  const guard = new WriteGuard({ ...open, perMinute: 2 });
  t.is(guard.refuse([1, 2, 3], millis(0)), undefined);
  t.is(guard.refuse(1, millis(30_000)), undefined);
  const refused = guard.refuse(1, millis(59_000));
  t.is(refused?.reason, "rate");
  t.is(refused?.message, "2 writes in the last minute are all that is allowed: expected none for 1 s");
  t.is(guard.refuse(1, millis(60_000)), undefined);
  t.is(guard.refuse(1, millis(60_001))?.reason, "rate");
});

test("asking and being refused use up nothing of the rate", (t) => {
  const guard = new WriteGuard({ ...open, perMinute: 1, max: 5 });
  for (let n = 0; n < 5; n++) {
    t.is(guard.wouldRefuse(1, now), undefined);
    t.is(guard.refuse(6, now)?.reason, "range");
  }
  t.is(guard.refuse(1, now), undefined);
  t.is(guard.wouldRefuse(1, now)?.reason, "rate");
});
