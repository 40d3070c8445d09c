import test from "ava";
import fc from "fast-check";
import { RequestQueue } from "../../../../firmware/acquisition/modbus-tcp/request-queue.ts";

interface Numbered {
  readonly n: number;
  readonly urgent: boolean;
}

test("urgent requests go first, each class in the order of asking", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 50 }), (urgency) => {
        const queue = new RequestQueue<Numbered>(50);
        const requests = urgency.map((urgent, n) => ({ n, urgent }));
        for (const request of requests) queue.push(request);
        const expected = [...requests.filter((request) => request.urgent), ...requests.filter((request) => !request.urgent)];
        const iterated = [...queue];
        const shifted = expected.map(() => queue.shift());
        return expected.every((request, n) => request === shifted[n] && request === iterated[n]) && queue.size === 0;
      }),
    ),
  );
});

test("each class is bounded by itself, so that polls never shut out a write", (t) => {
  const queue = new RequestQueue<Numbered>(2);
  t.deepEqual(
    [1, 2, 3].map((n) => queue.push({ n, urgent: false })),
    [true, true, false],
  );
  t.deepEqual(
    [4, 5, 6].map((n) => queue.push({ n, urgent: true })),
    [true, true, false],
  );
  t.is(queue.size, 4);
  queue.shift();
  t.true(queue.push({ n: 7, urgent: true }));
});

test("what is taken out is gone and the rest stays in order", (t) => {
  const queue = new RequestQueue<Numbered>(10);
  for (let n = 0; n < 8; n++) queue.push({ n, urgent: n % 4 === 0 });
  t.deepEqual(
    queue.take((request) => request.n % 2 === 0).map((request) => request.n),
    [0, 4, 2, 6],
  );
  t.deepEqual(
    [...queue].map((request) => request.n),
    [1, 3, 5, 7],
  );
});
