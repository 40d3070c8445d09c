import test from "ava";
import fc from "fast-check";
import { decodeRequest } from "../../../../shared/acquisition/modbus/decode-request.ts";
import {
  answerIdentification,
  decodeIdentification,
  encodeIdentification,
  identificationNames,
  nextIdentification,
} from "../../../../shared/acquisition/modbus/device-identification.ts";
import { encodeRequest } from "../../../../shared/acquisition/modbus/encode-request.ts";
import { ModbusException, ReplyMalformed } from "../../../../shared/acquisition/modbus/modbus-errors.ts";
import type { IdentificationLevel, ReadDeviceIdentification } from "../../../../shared/acquisition/modbus/modbus-request.ts";
import type { IdentificationObject } from "../../../../shared/acquisition/modbus/modbus-response.ts";
import { decodeUtf8, encodeUtf8 } from "../../../../shared/base/utf8.ts";
import { hex } from "../arbitrary-modbus.ts";

const ask = (level: IdentificationLevel, object = 0): ReadDeviceIdentification => ({ function: 43, level, object });
const told = (id: number, text: string): IdentificationObject => ({ id, value: encodeUtf8(text) });
const texts = (objects: readonly IdentificationObject[]) => objects.map(({ id, value }) => [id, decodeUtf8(value)]);

test("a basic identification that fits into one reply is as the standard's first example", (t) => {
  // Modbus Application Protocol V1.1b3 §6.21, with texts of our own
  const pdu = hex(`2b 0e 01 01 00 00 03 00 05 ${"41636d6521"} 01 04 ${"50582d39"} 02 05 ${"56322e3131"}`);
  const response = decodeIdentification(ask(1), pdu);
  t.like(response, { function: 43, level: 1, conformity: 1 });
  t.false("next" in response);
  t.deepEqual(texts(response.objects), [
    [0, "Acme!"],
    [1, "PX-9"],
    [2, "V2.11"],
  ]);
  t.deepEqual(encodeIdentification(response), pdu);
  t.deepEqual(encodeRequest(ask(1)), hex("2b 0e 01 00"));
  t.deepEqual(decodeRequest(hex("2b 0e 04 81")), ask(4, 0x81));
});

test("an identification that goes on tells where", (t) => {
  const response = decodeIdentification(ask(1), hex("2b 0e 01 81 ff 02 01 00 01 41"));
  t.is(response.next, 2);
  t.deepEqual(nextIdentification(response), ask(1, 2));
  t.deepEqual(encodeIdentification(response), hex("2b 0e 01 81 ff 02 01 00 01 41"));
  t.is(nextIdentification(decodeIdentification(ask(1), hex("2b 0e 01 81 00 00 01 00 01 41"))), undefined);
});

const malformed = test.macro({
  exec(t, request: ReadDeviceIdentification, pdu: string, what: string) {
    const error = t.throws(() => decodeIdentification(request, hex(pdu)), { instanceOf: ReplyMalformed });
    t.true(error.message.endsWith(what), error.message);
  },
  title: (_given, request: ReadDeviceIdentification, pdu: string) => `[${pdu}] does not answer an identification of level ${request.level}`,
});

test(malformed, ask(1), "2b 0e 01", "only 3 bytes");
test(malformed, ask(1), "2b 0d 01 01 00 00 00", "encapsulated interface 13, expected 14");
test(malformed, ask(1), "2b 0e 02 01 00 00 00", "identification level 2, expected 1");
test(malformed, ask(1), "2b 0e 01 01 00 00 01", "it ends inside object 1 of 1");
test(malformed, ask(1), "2b 0e 01 01 00 00 01 00", "it ends inside object 1 of 1");
test(malformed, ask(1), "2b 0e 01 01 00 00 02 00 01 41 01 02 41", "it ends inside object 2 of 2");
test(malformed, ask(1), "2b 0e 01 01 00 00 01 00 01 41 41", "1 bytes behind the last object");
test(malformed, ask(1), "2b 0e 01 01 01 00 01 00 01 41", "more follows 1, expected 0 or 255");
test(malformed, ask(1), "2b 0e 01 01 ff 00 01 00 01 41", "next object 0 is not behind object 0");
test(malformed, ask(1), "2b 0e 01 01 ff 02 00", "next object 2 is not behind object -1");
test(malformed, ask(4, 1), "2b 0e 04 81 00 00 01 00 01 41", "1 objects, expected only object 1");
test(malformed, ask(4, 1), "2b 0e 04 81 00 00 00", "0 objects, expected only object 1");

const objects = [
  told(0, "Acme"),
  told(1, "PX"),
  told(2, "1.0"),
  told(5, "model"),
  told(0x80, "a".repeat(200)),
  told(0x90, "b".repeat(100)),
];

test("a server answers each level with its objects", (t) => {
  t.deepEqual(
    answerIdentification(ask(1), objects).objects.map(({ id }) => id),
    [0, 1, 2],
  );
  t.deepEqual(
    answerIdentification(ask(2), objects).objects.map(({ id }) => id),
    [0, 1, 2, 5],
  );
  t.deepEqual(
    answerIdentification(ask(2, 2), objects).objects.map(({ id }) => id),
    [2, 5],
  );
  t.is(answerIdentification(ask(1), objects).conformity, 0x83);
  t.is(answerIdentification(ask(1), objects.slice(0, 4)).conformity, 0x82);
  t.is(answerIdentification(ask(3), objects.slice(0, 3)).conformity, 0x81);
});

test("a stream asked from an unknown object starts at the first", (t) => {
  t.deepEqual(
    answerIdentification(ask(1, 7), objects).objects.map(({ id }) => id),
    [0, 1, 2],
  );
});

test("a single object is given alone, and one that is not there is an illegal data address", (t) => {
  t.deepEqual(texts(answerIdentification(ask(4, 5), objects).objects), [[5, "model"]]);
  const error = t.throws(() => answerIdentification(ask(4, 6), objects), { instanceOf: ModbusException });
  t.is(error.exception, 2);
});

test("an identification that does not fit into a PDU is not encoded", (t) => {
  t.throws(() => encodeIdentification({ function: 43, level: 3, conformity: 3, objects }), { instanceOf: ReplyMalformed });
});

test("a client that goes on as told reads every object of a stream once, in order", (t) => {
  const anyObjects = fc
    .uniqueArray(fc.record({ id: fc.nat(255), value: fc.uint8Array({ maxLength: 244 }) }), { maxLength: 12, selector: ({ id }) => id })
    .map((list) => list.sort((a, b) => a.id - b.id));
  fc.assert(
    fc.property(anyObjects, (all) => {
      const seen: IdentificationObject[] = [];
      let request: ReadDeviceIdentification | undefined = ask(3, all[0]?.id ?? 0);
      while (request !== undefined) {
        const reply = decodeIdentification(request, encodeIdentification(answerIdentification(request, all)));
        seen.push(...reply.objects);
        request = nextIdentification(reply);
      }
      t.deepEqual(seen, all);
    }),
  );
  t.pass();
});

test("the standard's objects have names", (t) => {
  t.is(identificationNames[0], "VendorName");
  t.is(identificationNames[6], "UserApplicationName");
});
