import test from "ava";
import { planPoll, pollReadOf } from "../../../../shared/acquisition/reads/poll-plan.ts";
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

test("values that are read together by choice find themselves in that read", (t) => {
  const read = pollReadOf({ area: "holding", address: 10, quantity: 6 }, [register(10, 2), register(15)]);
  t.deepEqual(read.request, { function: 3, address: 10, quantity: 6 });
  t.deepEqual(read.offsets, [0, 10]);
});
