import { isId } from "../base/id.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../base/json.ts";
import { instant } from "../base/units.ts";
import { type FeatureKey, type FeatureStatus, type FeatureTwin, featureKey } from "./feature-twin.ts";
import { FeatureDocumentInvalid } from "./twin-errors.ts";

/** First character of every document: the version of what follows. */
const version = "1";
const checksumLength = 8;

/** The parts of a document that a store keeps at hand; the JSON ones already as text. */
export interface FeatureParts {
  readonly rev: number;
  readonly desiredRev: number;
  readonly observedRev: number;
  readonly desired: string | undefined;
  readonly reported: string | undefined;
  readonly status: string | undefined;
}

/**
 * The stored form of a feature: version `1`, eight hexadecimal digits of FNV-1a over the key and the rest, then
 * `{"rev","desiredRev","observedRev","desired"?,"reported"?,"status"?}`. The checksum is there because the store of a board may hand out flipped bits.
 */
export function encodeFeatureParts(key: FeatureKey, parts: FeatureParts): string {
  let body = `{"rev":${parts.rev},"desiredRev":${parts.desiredRev},"observedRev":${parts.observedRev}`;
  if (parts.desired !== undefined) body += `,"desired":${parts.desired}`;
  if (parts.reported !== undefined) body += `,"reported":${parts.reported}`;
  if (parts.status !== undefined) body += `,"status":${parts.status}`;
  body += "}";
  return version + checksum(key, body) + body;
}

/** The stored form of a feature. */
export function encodeFeature(twin: FeatureTwin): string {
  const text = (value: JsonValue | undefined): string | undefined => (value === undefined ? undefined : JSON.stringify(value));
  return encodeFeatureParts(featureKey(twin.thing, twin.feature), {
    rev: twin.rev,
    desiredRev: twin.desiredRev,
    observedRev: twin.observedRev,
    desired: text(twin.desired),
    reported: text(twin.reported),
    status: twin.status === undefined ? undefined : statusText(twin.status),
  });
}

export function statusText({ text, indicator, at }: FeatureStatus): string {
  return JSON.stringify({ text, indicator, at });
}

/** Reads the stored form of a feature and believes nothing of it. @throws {FeatureDocumentInvalid} */
export function decodeFeature(thing: string, feature: string, stored: string): FeatureTwin {
  const key = featureKey(thing, feature);
  const fail = (why: string): never => {
    throw new FeatureDocumentInvalid(key, why);
  };
  if (!isId(thing) || !isId(feature)) return fail("its key names no feature");
  if (stored[0] !== version) return fail(`version ${JSON.stringify(stored.slice(0, 1))}, expected "${version}"`);
  const body = stored.slice(1 + checksumLength);
  if (stored.slice(1, 1 + checksumLength) !== checksum(key, body)) return fail("its checksum differs from its content");
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    return fail("not JSON");
  }
  if (!isJsonObject(document)) return fail("not an object");
  const { rev, desiredRev, observedRev, desired, reported, status, ...rest } = document;
  if (Object.keys(rest).length > 0) return fail(`unknown member ${JSON.stringify(Object.keys(rest)[0])}`);
  const part = (name: string, value: JsonValue | undefined): JsonObject | undefined =>
    value === undefined || isJsonObject(value) ? value : fail(`${name} is not an object`);
  const count = (name: string, value: JsonValue | undefined): number =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : fail(`${name} is not a whole number from 0`);
  const desiredPart = part("desired", desired);
  const reportedPart = part("reported", reported);
  const statusPart = part("status", status);
  return {
    thing,
    feature,
    rev: count("rev", rev),
    desiredRev: count("desiredRev", desiredRev),
    observedRev: count("observedRev", observedRev),
    ...(desiredPart !== undefined && { desired: desiredPart }),
    ...(reportedPart !== undefined && { reported: reportedPart }),
    ...(statusPart !== undefined && { status: decodeStatus(statusPart) ?? fail("status is not {text, indicator, at}") }),
  };
}

function decodeStatus({ text, indicator, at }: JsonObject): FeatureStatus | undefined {
  if (typeof text !== "string" || typeof at !== "number") return undefined;
  if (indicator !== "idle" && indicator !== "in_progress" && indicator !== "error" && indicator !== "unspecified") return undefined;
  return { text, indicator, at: instant(at) };
}

/** FNV-1a, 32 bits, over the UTF-16 units of both texts; even and odd places of the body apart, since two short chains run faster than a long one. draft-eastlake-fnv §2. */
function checksum(key: string, body: string): string {
  let even = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) even = Math.imul(even ^ key.charCodeAt(at), 0x01000193);
  let odd = even;
  const pairs = body.length & ~1;
  for (let at = 0; at < pairs; at += 2) {
    even = Math.imul(even ^ body.charCodeAt(at), 0x01000193);
    odd = Math.imul(odd ^ body.charCodeAt(at + 1), 0x01000193);
  }
  if (pairs < body.length) even = Math.imul(even ^ body.charCodeAt(pairs), 0x01000193);
  const hash = Math.imul(even ^ (odd >>> 15) ^ (odd << 17), 0x01000193);
  return (hash >>> 0).toString(16).padStart(checksumLength, "0");
}
