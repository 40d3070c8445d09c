import type { PointValue, Quality, Sample } from "../acquisition/sample.ts";
import type { JsonValue } from "../base/json.ts";
import { type Instant, instant } from "../base/units.ts";
import { type Parsed, parsePayload } from "./payload-json.ts";
import { isReserved, isTopicName } from "./topic-filter.ts";

/** A value as payloads hold it: integers beyond ±(2^53 − 1) are decimal text, NaN and infinities `null`. */
export type PayloadValue = null | boolean | number | string | readonly PayloadValue[];

/** `…/data/<feature>` and `…/twin/<feature>/reported`: one sample. Times are milliseconds since 1970. */
export interface SamplePayload {
  readonly value: PayloadValue;
  readonly quality: Quality;
  readonly source: Instant;
  readonly received: Instant;
  /** Of the value, as configured. */
  readonly unit?: string;
  readonly reason?: string;
}

/** `…/twin/<feature>/set`: asks for another desired value. */
export interface SetRequest {
  /** Integers beyond ±(2^53 − 1) come as decimal text; the type of the point tells them from text. */
  readonly value: PointValue;
  /** Comes back in the answer. */
  readonly correlation?: string;
  /** Where the answer goes; without it there is none. Never one of Penstock's own topics: the board publishes there with its own rights. */
  readonly responseTopic?: string;
  /** On whose behalf the client asks, for the audit log; the account that asked is logged beside it. */
  readonly who?: string;
}

/** Why a request is refused, with what of it is sound enough to answer to. */
export interface BadSetRequest {
  readonly ok: false;
  readonly reason: string;
  readonly correlation?: string;
  readonly responseTopic?: string;
}

/** The answer to a `set`. `pending` is followed by one of the other three. */
export interface SetReply {
  readonly correlation?: string;
  readonly state: "done" | "refused" | "failed" | "pending";
  /** One sentence: why not, or what it waits for. */
  readonly reason?: string;
  /** Code of the error for `refused` and `failed`. */
  readonly code?: string;
  readonly before?: PayloadValue;
  readonly after?: PayloadValue;
}

/** `…/status`: whether a thing can be reached. */
export interface StatusPayload {
  readonly online: boolean;
  readonly since: Instant;
  readonly reason?: string;
}

/** A point's value as payloads hold it. */
export function payloadValue(value: PointValue | null): PayloadValue {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  return value === null || typeof value !== "object" ? value : value.map(payloadValue);
}

/** The payload of a sample. */
export function buildSamplePayload(sample: Sample, unit?: string): string {
  const { quality, source, received, reason } = sample;
  return JSON.stringify({ value: payloadValue(sample.value), quality, source, received, unit, reason });
}

/** Reads the payload of a sample. Never throws. */
export function parseSamplePayload(payload: Uint8Array): Parsed<SamplePayload> {
  const parsed = parsePayload(payload);
  if (!parsed.ok) return parsed;
  const { value, quality, source, received, unit, reason } = parsed.payload;
  if (!isPayloadValue(value)) return refuse("value", "a value, an array of values or null");
  if (!isQuality(quality)) return refuse("quality", "good, uncertain, bad or stale");
  if (!isTime(source)) return refuse("source", timeForm);
  if (!isTime(received)) return refuse("received", timeForm);
  if (!isOptionalText(unit)) return refuse("unit", "text");
  if (!isOptionalText(reason)) return refuse("reason", "text");
  return {
    ok: true,
    payload: {
      value,
      quality,
      source: instant(source),
      received: instant(received),
      ...(unit !== undefined && { unit }),
      ...(reason !== undefined && { reason }),
    },
  };
}

/** The payload that asks for another desired value. */
export function buildSetRequest(request: SetRequest): string {
  return JSON.stringify({ ...request, value: payloadValue(request.value) });
}

/** Reads a request strictly: no member but its four, each of its form. Never throws. */
export function parseSetRequest(payload: Uint8Array): { readonly ok: true; readonly payload: SetRequest } | BadSetRequest {
  const parsed = parsePayload(payload);
  if (!parsed.ok) return parsed;
  const { value, correlation, responseTopic, who, ...others } = parsed.payload;
  const sound = {
    ...(isName(correlation) && { correlation }),
    ...(isResponseTopic(responseTopic) && { responseTopic }),
  };
  const bad = (member: string, expected: string): BadSetRequest => ({ ...refuse(member, expected), ...sound });
  if (correlation !== undefined && !isName(correlation)) return bad("correlation", nameForm);
  if (responseTopic !== undefined && !isResponseTopic(responseTopic)) return bad("responseTopic", topicForm);
  if (who !== undefined && !isName(who)) return bad("who", nameForm);
  const other = Object.keys(others)[0];
  if (other !== undefined) return bad(other.slice(0, 64), "value, correlation, responseTopic and who only");
  if (!isSetValue(value)) return bad("value", "true, false, a finite number, text, or an array of these");
  return { ok: true, payload: { value, ...sound, ...(who !== undefined && { who }) } };
}

/** The payload of an answer. */
export function buildSetReply(reply: SetReply): string {
  return JSON.stringify(reply);
}

/** Reads an answer. Never throws. */
export function parseSetReply(payload: Uint8Array): Parsed<SetReply> {
  const parsed = parsePayload(payload);
  if (!parsed.ok) return parsed;
  const { correlation, state, reason, code, before, after } = parsed.payload;
  if (!isOptionalText(correlation)) return refuse("correlation", "text");
  if (!isSetState(state)) return refuse("state", "done, refused, failed or pending");
  if (!isOptionalText(reason)) return refuse("reason", "text");
  if (!isOptionalText(code)) return refuse("code", "text");
  if (before !== undefined && !isPayloadValue(before)) return refuse("before", "a value");
  if (after !== undefined && !isPayloadValue(after)) return refuse("after", "a value");
  return {
    ok: true,
    payload: {
      ...(correlation !== undefined && { correlation }),
      state,
      ...(reason !== undefined && { reason }),
      ...(code !== undefined && { code }),
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
    },
  };
}

/** The payload of a thing's status; a board's `online: false` is its last will. */
export function buildStatusPayload(status: StatusPayload): string {
  return JSON.stringify(status);
}

/** Reads a thing's status. Never throws. */
export function parseStatusPayload(payload: Uint8Array): Parsed<StatusPayload> {
  const parsed = parsePayload(payload);
  if (!parsed.ok) return parsed;
  const { online, since, reason } = parsed.payload;
  if (typeof online !== "boolean") return refuse("online", "true or false");
  if (!isTime(since)) return refuse("since", timeForm);
  if (!isOptionalText(reason)) return refuse("reason", "text");
  return { ok: true, payload: { online, since: instant(since), ...(reason !== undefined && { reason }) } };
}

type Member = JsonValue | undefined;

const longestName = 128;
const longestTopic = 512;
const ours = /^penstock(?:$|\/)/;
const nameForm = `text of 1 to ${longestName} characters`;
const topicForm = `a topic of 1 to ${longestTopic} characters without + and #, outside penstock/ and $`;
const timeForm = "milliseconds since 1970";

function refuse(member: string, expected: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason: `${member}: expected ${expected}` };
}

function isOptionalText(member: Member): member is string | undefined {
  return member === undefined || typeof member === "string";
}

function isName(member: Member): member is string {
  return typeof member === "string" && member.length > 0 && member.length <= longestName;
}

function isTime(member: Member): member is number {
  return typeof member === "number" && Number.isFinite(member) && member >= 0;
}

function isQuality(member: Member): member is Quality {
  return member === "good" || member === "uncertain" || member === "bad" || member === "stale";
}

function isSetState(member: Member): member is SetReply["state"] {
  return member === "done" || member === "refused" || member === "failed" || member === "pending";
}

function isScalar(member: Member): member is boolean | number | string {
  return typeof member === "boolean" || typeof member === "string" || (typeof member === "number" && Number.isFinite(member));
}

function isSetValue(member: Member): member is PointValue & JsonValue {
  return isScalar(member) || (Array.isArray(member) && member.length > 0 && member.every(isScalar));
}

function isPayloadValue(member: Member): member is PayloadValue {
  return member === null || isScalar(member) || (Array.isArray(member) && member.every(isPayloadValue));
}

function isResponseTopic(member: Member): member is string {
  return typeof member === "string" && member.length <= longestTopic && isTopicName(member) && !isReserved(member) && !ours.test(member);
}
