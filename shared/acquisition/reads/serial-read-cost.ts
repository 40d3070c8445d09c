import { characterTime, interFrameDelay } from "../modbus/rtu-timing.ts";
import type { ReadCost } from "./read-cost.ts";

/** Characters of a read and its reply besides the data: 8 of the request, 5 of the reply. Modbus over Serial Line V1.02 §2.5.1. */
const rtuCharacters = 13;
/** What a quick unit takes to answer, microseconds. */
const rtuLatency = 5000;

/**
 * Modbus RTU before anything is measured: a request and its reply with a silent interval after each, and what a quick unit takes to answer.
 * @param bits of a character, 11 in RTU mode
 */
export function serialReadCost(baud: number, bits = 11): ReadCost {
  const character = characterTime(baud, bits) * 1000;
  const silence = interFrameDelay(baud, bits) * 1000;
  return { perRequest: rtuCharacters * character + 2 * silence + rtuLatency, perRegister: 2 * character, perBit: character / 8 };
}
