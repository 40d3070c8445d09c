import type { PatternWords } from "../base/describe-schema.ts";
import { durationPattern } from "../base/duration.ts";
import { idPattern } from "../base/id.ts";
import { boardNamePattern } from "./penstock-config.ts";

/** What the patterns of configuration files ask for, in words; a test finds those that are missing. */
export const patternWords: PatternWords = {
  [durationPattern]: 'a duration, a number and one of ms, s, min, h, d, as in "500 ms"',
  [idPattern]: "1 to 64 letters, digits and : . _ -, the first a letter or digit",
  [boardNamePattern]: "1 to 64 small letters, digits and -, the first a letter or digit",
  "^(mqtts?|wss?)://[^\\s/?#@]+(/[^\\s]*)?$": 'the address of a broker, as in "mqtts://gateway.example:8883"',
  "^-?\\d+$": 'a whole number in quotes, as in "0"',
};
