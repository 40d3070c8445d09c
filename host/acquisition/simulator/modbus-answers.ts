import modbus from "jsmodbus";
import type { ExceptionCode } from "../../../shared/acquisition/modbus/modbus-errors.ts";
import type { RegisterBank } from "./register-bank.ts";

type Server = InstanceType<typeof modbus.server.TCP>;
type Request = InstanceType<typeof modbus.ModbusAbstractRequest>;
type Response = InstanceType<typeof modbus.responses.ModbusResponseBody>;
type Send = (payload: Buffer) => void;

/** Objects of the basic and regular categories. Modbus Application Protocol V1.1b3 §6.21. */
const identity: readonly (readonly [id: number, text: string])[] = [
  [0x00, "Penstock"],
  [0x01, "PS-SIM"],
  [0x02, "1.42"],
  [0x04, "Simulated pump station"],
  [0x06, "Pump station 1"],
];
/** Regular identification, stream and individual access. */
const conformityLevel = 0x82;

/** The objects that a request of `code` asks for from `objectId` on; `undefined` where there is no such object. */
function identityObjects(code: number, objectId: number): { id: number; value: Buffer }[] | undefined {
  const asked = identity.filter(([id]) => (code === 4 ? id === objectId : code !== 1 || id <= 2));
  if (asked.length === 0) return undefined;
  // Stream access from an unknown object starts over.
  const first = asked.findIndex(([id]) => id === objectId);
  return asked.slice(Math.max(0, first)).map(([id, text]) => ({ id, value: Buffer.from(text) }));
}

/** Makes a jsmodbus server without tables of its own answer from `bank`. */
export function answerFrom(bank: RegisterBank, server: Server): void {
  const { requests, responses } = modbus;

  const reply = (request: Request, body: Response, send: Send): void => {
    if (request instanceof modbus.ModbusTCPRequest) send(modbus.ModbusTCPResponse.fromRequest(request, body).createPayload());
  };
  const refuse = (request: Request, exception: ExceptionCode, send: Send): void =>
    reply(request, new responses.ExceptionResponseBody(request.body.fc, exception), send);
  const written = (request: Request, refusal: ExceptionCode | undefined, body: Response, send: Send): void =>
    refusal === undefined ? reply(request, body, send) : refuse(request, refusal, send);

  server.on("readCoils", (request, send) => {
    if (!requests.isReadCoilsRequestBody(request.body)) return;
    const bits = bank.read("coil", request.body.start, request.body.count);
    if (typeof bits === "number") refuse(request, bits, send);
    else reply(request, new responses.ReadCoilsResponseBody(bits.map(asBit), Math.ceil(bits.length / 8)), send);
  });
  server.on("readDiscreteInputs", (request, send) => {
    if (!requests.isReadDiscreteInputsRequestBody(request.body)) return;
    const bits = bank.read("discrete", request.body.start, request.body.count);
    if (typeof bits === "number") refuse(request, bits, send);
    else reply(request, new responses.ReadDiscreteInputsResponseBody(bits.map(asBit), Math.ceil(bits.length / 8)), send);
  });
  server.on("readHoldingRegisters", (request, send) => {
    if (!requests.isReadHoldingRegistersRequestBody(request.body)) return;
    const words = bank.read("holding", request.body.start, request.body.count);
    if (typeof words === "number") refuse(request, words, send);
    else reply(request, new responses.ReadHoldingRegistersResponseBody(words.length * 2, [...words]), send);
  });
  server.on("readInputRegisters", (request, send) => {
    if (!requests.isReadInputRegistersRequestBody(request.body)) return;
    const words = bank.read("input", request.body.start, request.body.count);
    if (typeof words === "number") refuse(request, words, send);
    else reply(request, new responses.ReadInputRegistersResponseBody(words.length * 2, [...words]), send);
  });
  server.on("writeSingleCoil", (request, send) => {
    if (!requests.isWriteSingleCoilRequestBody(request.body)) return;
    const refusal = bank.write("coil", request.body.address, [request.body.value === 0 ? 0 : 1]);
    written(request, refusal, responses.WriteSingleCoilResponseBody.fromRequest(request.body), send);
  });
  server.on("writeSingleRegister", (request, send) => {
    if (!requests.isWriteSingleRegisterRequestBody(request.body)) return;
    const refusal = bank.write("holding", request.body.address, [request.body.value]);
    written(request, refusal, responses.WriteSingleRegisterResponseBody.fromRequest(request.body), send);
  });
  server.on("writeMultipleCoils", (request: Request | Buffer, send: Send | unknown[]) => {
    if (Buffer.isBuffer(request) || typeof send !== "function" || !requests.isWriteMultipleCoilsRequestBody(request.body)) return;
    const bits = request.body.valuesAsArray.map(Number);
    written(
      request,
      bank.write("coil", request.body.address, bits),
      responses.WriteMultipleCoilsResponseBody.fromRequest(request.body),
      send,
    );
  });
  server.on("writeMultipleRegisters", (request: Request | Buffer, send?: Send) => {
    if (Buffer.isBuffer(request) || send === undefined || !requests.isWriteMultipleRegistersRequestBody(request.body)) return;
    const refusal = bank.write("holding", request.body.address, [...request.body.valuesAsArray]);
    written(request, refusal, responses.WriteMultipleRegistersResponseBody.fromRequest(request.body), send);
  });
  server.on("readDeviceIdentification", (request, send) => {
    if (!requests.isReadDeviceIdentificationRequestBody(request.body)) return;
    const { readDeviceIdCode, objectId } = request.body;
    const objects = identityObjects(readDeviceIdCode, objectId);
    if (objects === undefined) refuse(request, 2, send);
    else reply(request, new responses.ReadDeviceIdentificationResponseBody(readDeviceIdCode, conformityLevel, 0, 0, objects), send);
  });
}

const asBit = (word: number): 0 | 1 => (word === 0 ? 0 : 1);
