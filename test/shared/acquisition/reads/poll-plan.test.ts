import test from "ava";
import { planPoll, splitPoll } from "../../../../shared/acquisition/reads/poll-plan.ts";
import { tcpReadCost } from "../../../../shared/acquisition/reads/read-cost.ts";

const limits = { registers: 125, bits: 2000, bridge: true };
const register = (address: number, span = 1) => ({ area: "holding", address, span }) as const;

test("one request reads neighbouring values, each found by its byte offset", (t) => {
  const [read, ...others] = planPoll([register(12, 2), register(10), register(20)], limits, tcpReadCost);
  t.deepEqual(others, []);
  t.deepEqual(read?.request, { function: 3, address: 10, quantity: 11 });
  t.deepEqual([...(read?.pdu ?? [])], [3, 0, 10, 0, 11]);
  t.deepEqual(
    read?.values.map(({ address }) => address),
    [10, 12, 20],
  );
  t.deepEqual(read?.offsets, [0, 4, 20]);
});

test("bits are found by their bit offset, and each area has its own request", (t) => {
  const reads = planPoll(
    [
      { area: "coil", address: 5, span: 1 },
      { area: "coil", address: 9, span: 1 },
      { area: "input", address: 5, span: 1 },
    ],
    limits,
    tcpReadCost,
  );
  t.deepEqual(
    reads.map(({ request, offsets }) => [request.function, request.quantity, offsets]),
    [
      [1, 5, [0, 4]],
      [4, 1, [0]],
    ],
  );
});

test("a refused read is first asked without its holes, then value by value, then not split further", (t) => {
  const [whole] = planPoll([register(0), register(1), register(9)], limits, tcpReadCost);
  if (whole === undefined) return t.fail();
  const runs = splitPoll(whole, limits, tcpReadCost);
  t.deepEqual(
    runs?.map(({ request }) => [request.address, request.quantity]),
    [
      [0, 2],
      [9, 1],
    ],
  );
  const [pair, single] = runs ?? [];
  if (pair === undefined || single === undefined) return t.fail();
  t.deepEqual(
    splitPoll(pair, limits, tcpReadCost)?.map(({ request }) => [request.address, request.quantity]),
    [
      [0, 1],
      [1, 1],
    ],
  );
  t.is(splitPoll(single, limits, tcpReadCost), undefined);
});
