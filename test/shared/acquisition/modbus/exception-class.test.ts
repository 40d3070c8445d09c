import test from "ava";
import { classifyException } from "../../../../shared/acquisition/modbus/exception-class.ts";

test("exceptions of Modbus V1.1b3 §7 are sorted by what can be done about them", (t) => {
  t.deepEqual([1, 2, 3, 4, 5, 6, 8, 0x0a, 0x0b, 0x7f].map(classifyException), [
    "absent",
    "absent",
    "absent",
    "faulty",
    "busy",
    "busy",
    "faulty",
    "unreachable",
    "unreachable",
    "faulty",
  ]);
});
