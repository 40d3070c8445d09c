import type { Quality, Sample } from "../acquisition/sample.ts";
import { isJsonObject, type JsonValue } from "../base/json.ts";
import { type Instant, instant } from "../base/units.ts";
import { decodeUtf8, encodeUtf8 } from "../base/utf8.ts";
import { reportedOf } from "../twin/reported-sample.ts";

/** A sample as the journal has it. Integers beyond ±(2^53 − 1) are decimal text, numbers that are none are null and `bad`, as everywhere in JSON. */
export interface RecordedSample {
  readonly thing: string;
  readonly feature: string;
  readonly value: JsonValue;
  readonly quality: Quality;
  readonly source: Instant;
  readonly received: Instant;
  readonly reason?: string;
}

/**
 * The payload of a sample record: `{"t":thing,"f":feature,"v":value,"q":quality,"s":source,"r":received,"e":reason}`. Left out: `q` when good, `r` when
 * the same as `s`, `e` when there is none. Times are milliseconds since 1970.
 */
export function encodeSample(sample: Sample): Uint8Array {
  return encodeUtf8(sampleText(sample));
}

function sampleText(sample: Sample): string {
  const { thing, feature, value, quality, source, received } = sample;
  const plain = typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value));
  // The samples that come often, without making the object. Ids need no escapes; a template writes minus zero as JSON does: 0.
  if (plain && quality === "good" && sample.reason === undefined && source === received) {
    return `{"t":"${thing}","f":"${feature}","v":${value},"s":${source}}`;
  }
  const reported = reportedOf(sample);
  return JSON.stringify({
    t: thing,
    f: feature,
    v: reported["value"],
    q: reported["quality"] === "good" ? undefined : reported["quality"],
    s: source,
    r: received === source ? undefined : received,
    e: reported["reason"],
  });
}

/** Reads the payload of a sample record; `undefined` where it is none. Never throws. */
export function decodeSample(payload: Uint8Array): RecordedSample | undefined {
  const text = decodeUtf8(payload);
  return text === undefined ? undefined : sampleOfText(text);
}

/** The same for a payload that was read as text already. */
export function sampleOfText(text: string): RecordedSample | undefined {
  let members: unknown;
  try {
    members = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isJsonObject(members)) return undefined;
  const { t, f, v, q = "good", s, r = s, e } = members;
  if (typeof t !== "string" || typeof f !== "string" || v === undefined || !isQuality(q)) return undefined;
  if (typeof s !== "number" || typeof r !== "number" || (e !== undefined && typeof e !== "string")) return undefined;
  const sample = { thing: t, feature: f, value: v, quality: q, source: instant(s), received: instant(r) };
  return e === undefined ? sample : { ...sample, reason: e };
}

function isQuality(value: JsonValue): value is Quality {
  return value === "good" || value === "uncertain" || value === "bad" || value === "stale";
}
