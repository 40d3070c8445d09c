import { type Millis, millis } from "../../base/units.ts";

/** Above this rate the silent intervals no longer shrink. Modbus over Serial Line V1.02 §2.5.1.1. */
const fixedAbove = 19_200;

/**
 * How long one character takes on a serial line, fractions of a millisecond included.
 * @param bits per character: start, data, parity and stop bits; 11 in RTU mode
 * @see Modbus over Serial Line V1.02 §2.5.1
 */
export function characterTime(baud: number, bits = 11): Millis {
  return millis((1000 * bits) / baud);
}

/** The longest pause inside a frame, t1.5: 1.5 characters, 0.75 ms above 19200 baud. @see Modbus over Serial Line V1.02 §2.5.1.1 */
export function interCharacterLimit(baud: number, bits = 11): Millis {
  return millis(baud > fixedAbove ? 0.75 : 1.5 * characterTime(baud, bits));
}

/** The shortest pause between frames, t3.5: 3.5 characters, 1.75 ms above 19200 baud. @see Modbus over Serial Line V1.02 §2.5.1.1 */
export function interFrameDelay(baud: number, bits = 11): Millis {
  return millis(baud > fixedAbove ? 1.75 : 3.5 * characterTime(baud, bits));
}
