import { instant } from "../../../shared/base/units.ts";
import { decodeUtf8, encodeUtf8, utf8Length } from "../../../shared/base/utf8.ts";
import { decodeCbor } from "../../../shared/broker/cbor-decode.ts";
import { CborEncoder, encodeCbor } from "../../../shared/broker/cbor-encode.ts";
import type { CborValue } from "../../../shared/broker/cbor-value.ts";
import {
  buildSamplePayload,
  buildSetReply,
  buildSetRequest,
  buildStatusPayload,
  parseSamplePayload,
  parseSetReply,
  parseSetRequest,
  parseStatusPayload,
} from "../../../shared/broker/payloads.ts";
import { buildTopic, parseTopic, topicFilter } from "../../../shared/broker/topic.ts";
import type { PortableCase } from "../../xs/portable-case.ts";
import { cborVectors, longerVectors, refusedVectors } from "./cbor-vectors.ts";
import { addressCases, strangeTopics } from "./topic-vectors.ts";
import { illFormedUtf8, utf8Vectors } from "./utf8-vectors.ts";

const at = instant(1_700_000_000_123);

/** Bytes of hexadecimal digits. */
function fromHex(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, index) => Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16));
}

const attempt = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

const payloadTexts: readonly string[] = [
  '{"value":20}',
  '{"value":-0}',
  '{"value":[1,true,"x"],"correlation":"c","responseTopic":"app/reply","who":"operator"}',
  '{"value":"18446744073709551615"}',
  '{"value":1e999}',
  '{"value":null}',
  '{"value":{}}',
  '{"value":[[1]]}',
  '{"value":1,"responseTopic":"penstock/v1/a/status"}',
  '{"value":1,"correlation":"c","responseTopic":"a/#"}',
  '{"value":1,"extra":2,"correlation":"c"}',
  '{"value":1,"__proto__":{"who":"root"}}',
  "[1]",
  "{",
  "",
  `${"[".repeat(5000)}${"]".repeat(5000)}`,
  '{"value":"[[[[[["}',
  '{"value":"\\"[[[[["}',
];

/** CBOR, UTF-8, topics and payloads: the same in every engine. */
export function brokerCases(): readonly PortableCase[] {
  const encoder = new CborEncoder(4);
  return [
    ...cborVectors.map(({ value, hex }) => ({ name: `CBOR ${hex.slice(0, 40)} is written`, run: () => encodeCbor(value) })),
    ...[...cborVectors, ...longerVectors].map(({ hex }) => ({
      name: `CBOR ${hex.slice(0, 40)} is read`,
      run: () => decodeCbor(fromHex(hex)),
    })),
    ...refusedVectors.map(({ hex, why }) => ({ name: `CBOR of ${why} is refused`, run: () => attempt(() => decodeCbor(fromHex(hex))) })),
    {
      name: "an encoder that is used again writes the same bytes",
      run: () => cborVectors.map(({ value }) => [encoder.encode(value).length, encoder.encode(value)]),
    },
    {
      name: "a key __proto__ is a member and no prototype",
      run: () => {
        const map = decodeCbor(fromHex("a1695f5f70726f746f5f5fa16161f5"));
        return [map, typeof map === "object" && map !== null && Object.getPrototypeOf(map) === Object.prototype, encodeCbor(map)];
      },
    },
    {
      name: "values without a CBOR form are refused with their path",
      run: () => {
        const ring: CborValue[] = [];
        ring.push(ring);
        const values: CborValue[] = [{ a: [1n << 64n] }, -(1n << 64n) - 1n, ring, { b: { "\ud800": 1, "\ufffd": 2 } }];
        return values.map((value) => attempt(() => encodeCbor(value)));
      },
    },
    ...utf8Vectors.map(({ text, hex }) => ({
      name: `UTF-8 ${hex.slice(0, 40)}`,
      run: () => [encodeUtf8(text), utf8Length(text), decodeUtf8(fromHex(hex))],
    })),
    ...illFormedUtf8.map(({ hex, why }) => ({ name: `UTF-8 with ${why} is refused`, run: () => decodeUtf8(fromHex(hex)) })),
    {
      name: "every code point of a stride goes through UTF-8 and back",
      run: () => {
        let sum = 0;
        for (let point = 0; point < 0x110000; point += 977) {
          const bytes = encodeUtf8(String.fromCodePoint(point));
          sum += bytes.length * point + (decodeUtf8(bytes)?.codePointAt(0) ?? 0);
        }
        return sum;
      },
    },
    ...addressCases.map(({ address, topic }) => ({ name: `topic ${topic}`, run: () => [buildTopic(address), parseTopic(topic)] })),
    ...strangeTopics.map((topic) => ({ name: `topic ${JSON.stringify(topic.slice(0, 60))} is not ours`, run: () => parseTopic(topic) })),
    { name: "a topic with a name that is no id is refused", run: () => attempt(() => buildTopic({ kind: "status", thing: "a/b" })) },
    { name: "a filter takes wildcards", run: () => topicFilter({ kind: "twin", thing: "+", feature: "+", part: "set" }) },
    ...payloadTexts.map((text) => ({
      name: `payload ${text.slice(0, 60)}`,
      run: () => {
        const payload = encodeUtf8(text);
        return [parseSetRequest, parseSetReply, parseSamplePayload, parseStatusPayload].map((parse) => parse(payload));
      },
    })),
    {
      name: "payloads are built and read back",
      run: () => {
        const sample = buildSamplePayload(
          {
            thing: "p",
            feature: "f",
            value: [1n << 63n, -0, Number.NaN, 0.1, "ü"],
            quality: "uncertain",
            source: at,
            received: at,
            reason: "busy",
          },
          "m³",
        );
        const request = buildSetRequest({ value: 5, correlation: "1", responseTopic: "app/r", who: "me" });
        const reply = buildSetReply({ correlation: "1", state: "refused", reason: "too high", code: "EDGE_X", before: 1, after: null });
        const status = buildStatusPayload({ online: false, since: at, reason: "no answer" });
        return [
          [sample, parseSamplePayload(encodeUtf8(sample))],
          [request, parseSetRequest(encodeUtf8(request))],
          [reply, parseSetReply(encodeUtf8(reply))],
          [status, parseStatusPayload(encodeUtf8(status))],
        ];
      },
    },
  ];
}
