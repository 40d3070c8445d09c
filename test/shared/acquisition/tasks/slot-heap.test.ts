import test from "ava";
import fc from "fast-check";
import { SlotHeap } from "../../../../shared/acquisition/tasks/slot-heap.ts";

test("an empty heap has no top and nothing to pop", (t) => {
  const heap = new SlotHeap(4, (a, b) => a < b);
  t.is(heap.top, undefined);
  t.is(heap.pop(), undefined);
  t.is(heap.size, 0);
});

test("slots come out in order whatever goes in and out in between", (t) => {
  const keys = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 40 });
  const property = fc.property(keys, fc.array(fc.nat(), { maxLength: 100 }), (keyOf, toggles) => {
    const before = (a: number, b: number): boolean => (keyOf[a] ?? 0) < (keyOf[b] ?? 0) || (keyOf[a] === keyOf[b] && a < b);
    const heap = new SlotHeap(keyOf.length, before);
    const model = new Set<number>();
    for (const toggle of toggles) {
      const slot = toggle % keyOf.length;
      if (model.delete(slot)) heap.remove(slot);
      else {
        heap.push(slot);
        model.add(slot);
      }
      t.is(heap.size, model.size);
      t.is(heap.has(slot), model.has(slot));
    }
    const out: number[] = [];
    for (let slot = heap.pop(); slot !== undefined; slot = heap.pop()) out.push(slot);
    t.deepEqual(
      out,
      [...model].sort((a, b) => (before(a, b) ? -1 : 1)),
    );
  });
  t.notThrows(() => fc.assert(property, { numRuns: 300 }));
});

test("taking out a slot that is not in changes nothing", (t) => {
  const heap = new SlotHeap(4, (a, b) => a < b);
  heap.push(2);
  heap.remove(1);
  t.is(heap.top, 2);
  t.is(heap.size, 1);
});
