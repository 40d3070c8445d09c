import test from "ava";
import { costPerItem, planCost, tcpReadCost } from "../../../../shared/acquisition/reads/read-cost.ts";

test("a plan costs its requests and what they carry, bits by the bit", (t) => {
  const plan = [
    { area: "holding" as const, quantity: 10 },
    { area: "input" as const, quantity: 5 },
    { area: "coil" as const, quantity: 16 },
  ];
  t.is(planCost(plan, { perRequest: 100, perRegister: 2, perBit: 0.5 }), 300 + 30 + 8);
  t.is(planCost([], tcpReadCost), 0);
});

test("over TCP every hole that fits a request is worth bridging", (t) => {
  t.true(tcpReadCost.perRequest > 123 * costPerItem("holding", tcpReadCost));
  t.true(tcpReadCost.perRequest > 1998 * costPerItem("discrete", tcpReadCost));
});
