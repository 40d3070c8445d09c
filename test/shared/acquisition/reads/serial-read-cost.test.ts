import test from "ava";
import { serialReadCost } from "../../../../shared/acquisition/reads/serial-read-cost.ts";

// Modbus over Serial Line V1.02 §2.5.1: a character of 11 bits takes 1.1458 ms at 9600 baud; t3.5 is 4.01 ms there and 1.75 ms above 19200.
for (const [baud, perRequest, perRegister] of [
  [9600, 27_917, 2291.7],
  [115_200, 9741, 191],
] as const) {
  test(`at ${baud} baud a request costs ${perRequest} µs and a register ${perRegister} µs`, (t) => {
    const cost = serialReadCost(baud);
    t.true(Math.abs(cost.perRequest - perRequest) < 1, `${cost.perRequest}`);
    t.true(Math.abs(cost.perRegister - perRegister) < 0.1, `${cost.perRegister}`);
    t.is(cost.perBit, cost.perRegister / 16);
  });
}
