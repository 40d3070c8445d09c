import test from "ava";
import fc from "fast-check";
import { RequestQueue } from "../../../../firmware/acquisition/modbus-line/request-queue.ts";

interface Numbered {
  readonly n: number;
  readonly unit: number;
  readonly urgent: boolean;
}

test("urgent requests go first and a unit's requests keep their order, but after four urgent ones another has its turn", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(3)), { maxLength: 50 }), (asked) => {
        const queue = new RequestQueue<Numbered>(50);
        const requests = asked.map(([urgent, unit], n) => ({ n, unit, urgent }));
        for (const request of requests) queue.push(request);
        const sent = requests.map(() => queue.shift());
        let [urgentLeft, ordinaryLeft, streak] = [requests.filter((request) => request.urgent).length, 0, 0];
        ordinaryLeft = requests.length - urgentLeft;
        const last = new Map<string, number>();
        for (const request of sent) {
          if (request === undefined) return false;
          const lane = request.urgent ? "urgent" : `${request.unit}`;
          if ((last.get(lane) ?? -1) > request.n) return false;
          last.set(lane, request.n);
          if (request.urgent !== (urgentLeft > 0 && (ordinaryLeft === 0 || streak < 4))) return false;
          streak = request.urgent && ordinaryLeft > 0 ? streak + 1 : 0;
          if (request.urgent) urgentLeft--;
          else ordinaryLeft--;
        }
        return queue.size === 0;
      }),
    ),
  );
});

test("units have their turn one after the other, however much one of them asks", (t) => {
  const queue = new RequestQueue<Numbered>(100);
  for (let n = 0; n < 6; n++) queue.push({ n, unit: 1, urgent: false });
  for (const unit of [2, 3]) queue.push({ n: unit, unit, urgent: false });
  t.deepEqual(
    Array.from({ length: 5 }, () => queue.shift()?.unit),
    [1, 2, 3, 1, 1],
  );
});

test("a request that is not ready is passed over and keeps its place", (t) => {
  const queue = new RequestQueue<Numbered>(100);
  for (let n = 0; n < 3; n++) queue.push({ n, unit: 1, urgent: n === 0 });
  t.is(queue.shift((request) => request.n === 2)?.n, 2);
  t.is(
    queue.shift(() => false),
    undefined,
  );
  t.deepEqual([queue.shift()?.n, queue.shift()?.n, queue.shift()?.n], [0, 1, undefined]);
});

test("each class is bounded by itself, so that polls never shut out a write", (t) => {
  const queue = new RequestQueue<Numbered>(2);
  t.deepEqual(
    [1, 2, 3].map((n) => queue.push({ n, unit: 1, urgent: false })),
    [true, true, false],
  );
  t.deepEqual(
    [4, 5, 6].map((n) => queue.push({ n, unit: 1, urgent: true })),
    [true, true, false],
  );
  t.is(queue.size, 4);
  queue.shift();
  t.true(queue.push({ n: 7, unit: 1, urgent: true }));
});

test("what is taken out is gone and the rest stays in order", (t) => {
  const queue = new RequestQueue<Numbered>(10);
  for (let n = 0; n < 8; n++) queue.push({ n, unit: 1, urgent: n % 4 === 0 });
  t.deepEqual(
    queue.take((request) => request.n % 2 === 0).map((request) => request.n),
    [0, 4, 2, 6],
  );
  t.deepEqual(
    [...queue].map((request) => request.n),
    [1, 3, 5, 7],
  );
});
