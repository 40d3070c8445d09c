import test from "ava";
import { applyMask } from "../../../../shared/acquisition/values/register-mask.ts";

test("a masked write is (current and mask) or (or and not mask)", (t) => {
  // Modbus Application Protocol V1.1b3 §6.16
  t.is(applyMask(0x12, { and: 0xf2, or: 0x25 }), 0x17);
  t.is(applyMask(0xffff, { and: 0, or: 0x1234 }), 0x1234);
  t.is(applyMask(0x1234, { and: 0xffff, or: 0xffff }), 0x1234);
  t.is(applyMask(0xa5a5, { and: 0x00ff, or: 0x1200 }), 0x12a5);
});
