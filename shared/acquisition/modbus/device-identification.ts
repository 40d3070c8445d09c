import { ExceptionCode, ModbusException, type ModbusPlace, nowhere, ReplyMalformed } from "./modbus-errors.ts";
import { deviceIdentificationMei, FunctionCode, pduLimit } from "./modbus-function.ts";
import { IdentificationLevel, type ReadDeviceIdentification } from "./modbus-request.ts";
import type { DeviceIdentification, IdentificationObject } from "./modbus-response.ts";
import { refuseReply } from "./reply-data.ts";

/** Bytes before the first object: function, interface, level, conformity, more follows, next object, number of objects. */
const headLength = 7;

/** What the standard calls its objects. Modbus Application Protocol V1.1b3 §6.21. */
export const identificationNames: readonly string[] = Object.freeze([
  "VendorName",
  "ProductCode",
  "MajorMinorRevision",
  "VendorUrl",
  "ProductName",
  "ModelName",
  "UserApplicationName",
]);

/** The last object of each level that is read as a stream. §6.21. */
function lastObject(level: IdentificationLevel): number {
  return level === IdentificationLevel.basic ? 0x02 : level === IdentificationLevel.regular ? 0x7f : 0xff;
}

/** The PDU of an identification. @throws {ReplyMalformed} it does not fit into one PDU */
export function encodeIdentification(response: DeviceIdentification): Uint8Array {
  let length = headLength;
  for (const object of response.objects) length += 2 + object.value.length;
  if (length > pduLimit) throw new ReplyMalformed(`${length} bytes, a PDU holds ${pduLimit}`, { function: response.function });
  const pdu = new Uint8Array(length);
  pdu[0] = response.function;
  pdu[1] = deviceIdentificationMei;
  pdu[2] = response.level;
  pdu[3] = response.conformity;
  pdu[4] = response.next === undefined ? 0 : 0xff;
  pdu[5] = response.next ?? 0;
  pdu[6] = response.objects.length;
  let at = headLength;
  for (const { id, value } of response.objects) {
    pdu[at] = id;
    pdu[at + 1] = value.length;
    pdu.set(value, at + 2);
    at += 2 + value.length;
  }
  return pdu;
}

/**
 * Reads the reply to Read Device Identification; object values are views of the PDU. Any conformity level is taken as it comes.
 * @throws {ModbusException} {ReplyMalformed} among others for a `next` that does not lie behind the objects given, which would never end
 * @see Modbus Application Protocol V1.1b3 §6.21
 */
export function decodeIdentification(
  request: ReadDeviceIdentification,
  pdu: Uint8Array,
  place: ModbusPlace = nowhere,
): DeviceIdentification {
  if (pdu[0] !== request.function || pdu.length < headLength) refuseReply(request, pdu, `only ${pdu.length} bytes`, place);
  if (pdu[1] !== deviceIdentificationMei) refuseReply(request, pdu, `encapsulated interface ${pdu[1]}, expected 14`, place);
  if (pdu[2] !== request.level) refuseReply(request, pdu, `identification level ${pdu[2]}, expected ${request.level}`, place);
  const objects = readObjects(request, pdu, place);
  const last = objects[objects.length - 1]?.id ?? -1;
  if (request.level === IdentificationLevel.specific && (objects.length !== 1 || last !== request.object))
    refuseReply(request, pdu, `${objects.length} objects, expected only object ${request.object}`, place);
  const head = { function: request.function, level: request.level, conformity: pdu[3] ?? 0 };
  if (pdu[4] === 0) return { ...head, objects };
  const next = pdu[5] ?? 0;
  if (pdu[4] !== 0xff) refuseReply(request, pdu, `more follows ${pdu[4]}, expected 0 or 255`, place);
  if (last < 0 || next <= last) refuseReply(request, pdu, `next object ${next} is not behind object ${last}`, place);
  return { ...head, next, objects };
}

function readObjects(request: ReadDeviceIdentification, pdu: Uint8Array, place: ModbusPlace): IdentificationObject[] {
  const objects: IdentificationObject[] = [];
  const count = pdu[headLength - 1] ?? 0;
  let at = headLength;
  while (objects.length < count) {
    const id = pdu[at];
    const end = at + 2 + (pdu[at + 1] ?? 0);
    if (id === undefined || at + 2 > pdu.length || end > pdu.length)
      return refuseReply(request, pdu, `it ends inside object ${objects.length + 1} of ${count}`, place);
    objects.push({ id, value: pdu.subarray(at + 2, end) });
    at = end;
  }
  if (at !== pdu.length) refuseReply(request, pdu, `${pdu.length - at} bytes behind the last object`, place);
  return objects;
}

/** The request for the rest of a stream; `undefined` when all of it has come. */
export function nextIdentification(response: DeviceIdentification): ReadDeviceIdentification | undefined {
  if (response.next === undefined || response.level === IdentificationLevel.specific) return undefined;
  return { function: FunctionCode.encapsulatedInterface, level: response.level, object: response.next };
}

/**
 * What a server with these objects answers: as many as fit into one PDU, and where to go on. A stream asked from an unknown object starts at the first.
 * @param objects ascending by id; values at most 244 bytes long, so that each fits into a PDU
 * @throws {ModbusException} illegal data address for a single object that is not there
 * @see Modbus Application Protocol V1.1b3 §6.21
 */
export function answerIdentification(request: ReadDeviceIdentification, objects: readonly IdentificationObject[]): DeviceIdentification {
  const highest = objects[objects.length - 1]?.id ?? 0;
  const conformity =
    0x80 | (highest > 0x7f ? IdentificationLevel.extended : highest > 0x02 ? IdentificationLevel.regular : IdentificationLevel.basic);
  const head = { function: request.function, level: request.level, conformity };
  const asked = objects.find((object) => object.id === request.object);
  if (request.level === IdentificationLevel.specific) {
    if (asked === undefined) throw new ModbusException(ExceptionCode.illegalDataAddress, { function: request.function });
    return { ...head, objects: [asked] };
  }
  const from = asked === undefined ? 0 : asked.id;
  const given: IdentificationObject[] = [];
  let room = pduLimit - headLength;
  for (const object of objects) {
    if (object.id < from || object.id > lastObject(request.level)) continue;
    room -= 2 + object.value.length;
    if (room < 0) return { ...head, next: object.id, objects: given };
    given.push(object);
  }
  return { ...head, objects: given };
}
