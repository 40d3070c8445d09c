import test from "ava";
import { characterTime, interCharacterLimit, interFrameDelay } from "../../../../shared/acquisition/modbus/rtu-timing.ts";
import { millis } from "../../../../shared/base/units.ts";

test("silent intervals follow the baud rate up to 19200 and stand still above", (t) => {
  // Modbus over Serial Line V1.02 §2.5.1.1
  t.true(Math.abs(interFrameDelay(9600) - 4.0104) < 0.0001);
  t.true(Math.abs(interCharacterLimit(9600) - 1.71875) < 0.0001);
  t.true(Math.abs(interFrameDelay(19_200) - 2.0052) < 0.0001);
  t.is(interFrameDelay(38_400), millis(1.75));
  t.is(interCharacterLimit(38_400), millis(0.75));
  t.is(interFrameDelay(115_200), millis(1.75));
});

test("a character takes eleven bits unless the port is set up otherwise", (t) => {
  t.is(characterTime(11_000), millis(1));
  t.is(characterTime(10_000, 10), millis(1));
  t.is(interFrameDelay(10_000, 10), millis(3.5));
});
