import test from "ava";
import fc from "fast-check";
import type { PointValue, Quality, Sample } from "../../../shared/acquisition/sample.ts";
import { type Instant, instant } from "../../../shared/base/units.ts";
import {
  buildSamplePayload,
  buildSetReply,
  buildSetRequest,
  buildStatusPayload,
  type PayloadValue,
  parseSamplePayload,
  parseSetReply,
  parseSetRequest,
  parseStatusPayload,
  payloadValue,
  type SetReply,
  type StatusPayload,
} from "../../../shared/broker/payloads.ts";
import { canonical } from "../../xs/canonical.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);
const at = instant(1_700_000_000_123);
const later = instant(1_700_000_000_456);
const sample: Sample = { thing: "pump-1", feature: "level", value: 2.5, quality: "good", source: at, received: later };

const time: fc.Arbitrary<Instant> = fc.nat({ max: Number.MAX_SAFE_INTEGER }).map(instant);
const quality = fc.constantFrom<Quality>("good", "uncertain", "bad", "stale");
const scalar = fc.oneof(
  fc.boolean(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
  fc.integer(),
  fc.string(),
);
const pointValue: fc.Arbitrary<PointValue> = fc.oneof(
  scalar,
  fc.bigInt(),
  fc.constantFrom(Number.NaN, -0, Number.POSITIVE_INFINITY),
  fc.array(fc.oneof(scalar, fc.bigInt()), { maxLength: 10 }),
);
const plainValue: fc.Arbitrary<PayloadValue> = fc.oneof(fc.constant(null), scalar, fc.array(scalar, { maxLength: 10 }));
const setValue = fc.oneof(scalar, fc.array(scalar, { minLength: 1, maxLength: 10 }));
const name = fc.string({ minLength: 1, maxLength: 128 });
/** A record from which members may be missing. */
const optional = { noNullPrototype: true } as const;

test("a sample is published with value, quality and both times", (t) => {
  t.is(buildSamplePayload(sample, "m"), '{"value":2.5,"quality":"good","source":1700000000123,"received":1700000000456,"unit":"m"}');
  t.is(
    buildSamplePayload({ ...sample, value: null, quality: "stale", reason: "no answer for 3 cycles" }),
    '{"value":null,"quality":"stale","source":1700000000123,"received":1700000000456,"reason":"no answer for 3 cycles"}',
  );
});

test("integers beyond 2^53 are decimal text, so that no digit is lost, and NaN is null", (t) => {
  t.is(payloadValue(18_446_744_073_709_551_615n), "18446744073709551615");
  t.deepEqual(payloadValue([1n, [2n], Number.NaN, "x"]), ["1", ["2"], null, "x"]);
  t.is(payloadValue(Number.NEGATIVE_INFINITY), null);
});

test("a sample's payload is read back as it was built", (t) => {
  const samples = fc.record(
    { value: fc.oneof(pointValue, fc.constant(null)), quality, source: time, received: time, reason: fc.string() },
    { requiredKeys: ["value", "quality", "source", "received"], ...optional },
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(samples, fc.option(fc.string(), { nil: undefined }), (one, unit) => {
        const read = parseSamplePayload(bytes(buildSamplePayload({ thing: "t", feature: "f", ...one }, unit)));
        const expected = { ...one, value: payloadValue(one.value), ...(unit !== undefined && { unit }) };
        return read.ok && canonical(read.payload) === canonical(expected).replaceAll(/(?<=[[:,])-0(?=[\],}])/g, "0");
      }),
    ),
  );
});

test("a set request is read back as it was built", (t) => {
  const requests = fc.record(
    { value: setValue, correlation: name, responseTopic: fc.stringMatching(/^[a-z]{1,9}(\/[a-z]{1,9}){0,5}$/), who: name },
    { requiredKeys: ["value"], ...optional },
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(
        requests.filter((one) => !one.responseTopic?.startsWith("penstock")),
        (one) => {
          const read = parseSetRequest(bytes(buildSetRequest(one)));
          return read.ok && canonical(read.payload) === canonical(one);
        },
      ),
    ),
  );
});

test("a set reply and a status are read back as they were built", (t) => {
  const replies: fc.Arbitrary<SetReply> = fc.record(
    {
      correlation: fc.string(),
      state: fc.constantFrom<SetReply["state"]>("done", "refused", "failed", "pending"),
      reason: fc.string(),
      code: fc.string(),
      before: plainValue,
      after: plainValue,
    },
    { requiredKeys: ["state"], ...optional },
  );
  const statuses: fc.Arbitrary<StatusPayload> = fc.record(
    { online: fc.boolean(), since: time, reason: fc.string() },
    { requiredKeys: ["online", "since"], ...optional },
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(replies, statuses, (reply, status) => {
        const readReply = parseSetReply(bytes(buildSetReply(reply)));
        const readStatus = parseStatusPayload(bytes(buildStatusPayload(status)));
        return (
          readReply.ok &&
          canonical(readReply.payload) === canonical(reply) &&
          readStatus.ok &&
          canonical(readStatus.payload) === canonical(status)
        );
      }),
    ),
  );
});

const refusals: readonly (readonly [string, string])[] = [
  ["", "the payload is not JSON"],
  ["{", "the payload is not JSON"],
  ["20", "the payload is not a JSON object"],
  ["[1]", "the payload is not a JSON object"],
  ["null", "the payload is not a JSON object"],
  ["{}", "value: expected true, false, a finite number, text, or an array of these"],
  ['{"value":null}', "value: expected true, false, a finite number, text, or an array of these"],
  ['{"value":1e999}', "value: expected true, false, a finite number, text, or an array of these"],
  ['{"value":{"a":1}}', "value: expected true, false, a finite number, text, or an array of these"],
  ['{"value":[]}', "value: expected true, false, a finite number, text, or an array of these"],
  ['{"value":[[1]]}', "value: expected true, false, a finite number, text, or an array of these"],
  ['{"value":[1,null]}', "value: expected true, false, a finite number, text, or an array of these"],
  ['{"value":1,"qos":1}', "qos: expected value, correlation, responseTopic and who only"],
  ['{"value":1,"__proto__":{}}', "__proto__: expected value, correlation, responseTopic and who only"],
  ['{"value":1,"who":5}', "who: expected text of 1 to 128 characters"],
  ['{"value":1,"who":""}', "who: expected text of 1 to 128 characters"],
  ['{"value":1,"correlation":7}', "correlation: expected text of 1 to 128 characters"],
  [`{"value":1,"correlation":"${"x".repeat(129)}"}`, "correlation: expected text of 1 to 128 characters"],
  [`{"value":${"[".repeat(100_000)}`, "the payload nests deeper than 4 levels"],
];
for (const [text, reason] of refusals) {
  test(`the set request ${text.slice(0, 50) || "of no bytes"} is refused: ${reason}`, (t) => {
    t.deepEqual(parseSetRequest(bytes(text)), { ok: false, reason });
  });
}

test("a refused set request keeps the correlation and the response topic that are sound, so that it can be answered", (t) => {
  t.deepEqual(parseSetRequest(bytes('{"value":null,"correlation":"7","responseTopic":"app/replies"}')), {
    ok: false,
    reason: "value: expected true, false, a finite number, text, or an array of these",
    correlation: "7",
    responseTopic: "app/replies",
  });
});

test("the board's own topics, wildcards and $ topics are no response topics", (t) => {
  for (const topic of [
    "",
    "penstock/v1/a/status",
    "penstock/v1/a/twin/b/set",
    "penstock",
    "penstock/x",
    "$SYS/x",
    "a/+",
    "#",
    "a\u0000b",
    "x".repeat(513),
  ]) {
    const read = parseSetRequest(bytes(JSON.stringify({ value: 1, responseTopic: topic })));
    t.deepEqual(read, {
      ok: false,
      reason: "responseTopic: expected a topic of 1 to 512 characters without + and #, outside penstock/ and $",
    });
  }
  t.true(parseSetRequest(bytes('{"value":1,"responseTopic":"penstocks/reply"}')).ok);
});

test("brackets within text do not count as nesting", (t) => {
  t.true(parseSetRequest(bytes(JSON.stringify({ value: `[[[[[["\\[[[[[` }))).ok);
});

test("bytes that are not UTF-8 are refused", (t) => {
  t.deepEqual(parseSetRequest(Uint8Array.of(0x22, 0xff, 0x22)), { ok: false, reason: "the payload is not UTF-8 text" });
});

test("any bytes are a payload or a reason", (t) => {
  const parsers = [parseSetRequest, parseSetReply, parseSamplePayload, parseStatusPayload];
  const payloads = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json({ maxDepth: 6 }).map(bytes),
    fc
      .record(
        {
          value: fc.jsonValue(),
          quality: fc.oneof(quality, fc.jsonValue()),
          source: fc.oneof(time, fc.jsonValue()),
          received: fc.oneof(time, fc.jsonValue()),
          state: fc.oneof(fc.constant("done"), fc.jsonValue()),
          online: fc.oneof(fc.boolean(), fc.jsonValue()),
          since: fc.jsonValue(),
          correlation: fc.jsonValue(),
        },
        { requiredKeys: [] },
      )
      .map((one) => bytes(JSON.stringify(one))),
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(payloads, (one) =>
        parsers.every((parse) => {
          const read = parse(one);
          return read.ok || read.reason.length > 0;
        }),
      ),
      { numRuns: 1000 },
    ),
  );
});
