import type modbus from "jsmodbus";
import { answerIdentification } from "../../../shared/acquisition/modbus/device-identification.ts";
import { ExceptionCode, ModbusException } from "../../../shared/acquisition/modbus/modbus-errors.ts";
import { FunctionCode } from "../../../shared/acquisition/modbus/modbus-function.ts";
import { IdentificationLevel } from "../../../shared/acquisition/modbus/modbus-request.ts";
import type { IdentificationObject } from "../../../shared/acquisition/modbus/modbus-response.ts";
import type { RegisterArea } from "../../../shared/acquisition/point-config.ts";
import type { RegisterImage } from "../../../shared/connectors/modbus-server/register-image.ts";
import type { WriteService } from "./write-service.ts";

/** The library as it was loaded. */
export type ModbusLibrary = typeof modbus;
type Server = InstanceType<ModbusLibrary["server"]["TCP"]>;
type Request = InstanceType<ModbusLibrary["ModbusAbstractRequest"]>;
type Response = InstanceType<ModbusLibrary["responses"]["ModbusResponseBody"]>;
type Send = (payload: Buffer) => void;

export interface AnswerParts {
  readonly library: ModbusLibrary;
  readonly image: RegisterImage;
  readonly writes: WriteService;
  readonly identity: readonly IdentificationObject[];
  /** The client, for the audit log. */
  readonly who: string;
}

/** A Buffer over the same bytes. */
const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const levelOf = (code: number): IdentificationLevel | undefined => Object.values(IdentificationLevel).find((level) => level === code);

/** A fault of ours in one value must not end the board: the library calls back from the socket's own events. */
function readOf(image: RegisterImage, area: RegisterArea, address: number, quantity: number): Uint8Array | ExceptionCode {
  try {
    return image.read(area, address, quantity);
  } catch {
    return ExceptionCode.serverDeviceFailure;
  }
}

/** Makes a jsmodbus server without tables of its own, which serves one client, answer from the image. It is given sound requests only. */
export function answerFrom({ library, image, writes, identity, who }: AnswerParts, server: Server): void {
  const { requests, responses } = library;

  const reply = (request: Request, body: Response, send: Send): void => {
    if (request instanceof library.ModbusTCPRequest) send(library.ModbusTCPResponse.fromRequest(request, body).createPayload());
  };
  const refuse = (request: Request, exception: ExceptionCode, send: Send): void =>
    reply(request, new responses.ExceptionResponseBody(request.body.fc, exception), send);
  const read = (request: Request, area: RegisterArea, make: (data: Buffer) => Response, send: Send): void => {
    const { body } = request;
    if (!("start" in body && "count" in body) || typeof body.start !== "number" || typeof body.count !== "number") return;
    const data = readOf(image, area, body.start, body.count);
    if (typeof data === "number") refuse(request, data, send);
    else reply(request, make(bufferOf(data)), send);
  };
  const written = (request: Request, end: Promise<ExceptionCode | undefined>, body: Response, send: Send): void => {
    end.then(
      (refusal) => (refusal === undefined ? reply(request, body, send) : refuse(request, refusal, send)),
      () => refuse(request, ExceptionCode.serverDeviceFailure, send),
    );
  };

  server.on("readCoils", (request, send) => read(request, "coil", (data) => new responses.ReadCoilsResponseBody(data, data.length), send));
  server.on("readDiscreteInputs", (request, send) =>
    read(request, "discrete", (data) => new responses.ReadDiscreteInputsResponseBody(data, data.length), send),
  );
  server.on("readHoldingRegisters", (request, send) =>
    read(request, "holding", (data) => new responses.ReadHoldingRegistersResponseBody(data.length, data), send),
  );
  server.on("readInputRegisters", (request, send) =>
    read(request, "input", (data) => new responses.ReadInputRegistersResponseBody(data.length, data), send),
  );
  server.on("writeSingleCoil", (request, send) => {
    if (!requests.isWriteSingleCoilRequestBody(request.body)) return;
    const { address, value } = request.body;
    const end = writes.write("coil", address, 1, Uint8Array.of(value === 0 ? 0 : 1), who);
    written(request, end, responses.WriteSingleCoilResponseBody.fromRequest(request.body), send);
  });
  server.on("writeSingleRegister", (request, send) => {
    if (!requests.isWriteSingleRegisterRequestBody(request.body)) return;
    const { address, value } = request.body;
    const end = writes.write("holding", address, 1, Uint8Array.of(value >> 8, value & 0xff), who);
    written(request, end, responses.WriteSingleRegisterResponseBody.fromRequest(request.body), send);
  });
  server.on("writeMultipleCoils", (request: Request | Buffer, send: Send | unknown[]) => {
    if (Buffer.isBuffer(request) || typeof send !== "function" || !requests.isWriteMultipleCoilsRequestBody(request.body)) return;
    const { address, quantity, valuesAsBuffer } = request.body;
    const end = writes.write("coil", address, quantity, valuesAsBuffer, who);
    written(request, end, responses.WriteMultipleCoilsResponseBody.fromRequest(request.body), send);
  });
  server.on("writeMultipleRegisters", (request: Request | Buffer, send?: Send) => {
    if (Buffer.isBuffer(request) || send === undefined || !requests.isWriteMultipleRegistersRequestBody(request.body)) return;
    const { address, quantity, valuesAsBuffer } = request.body;
    const end = writes.write("holding", address, quantity, valuesAsBuffer, who);
    written(request, end, responses.WriteMultipleRegistersResponseBody.fromRequest(request.body), send);
  });
  server.on("readDeviceIdentification", (request, send) => {
    if (!requests.isReadDeviceIdentificationRequestBody(request.body)) return;
    const level = levelOf(request.body.readDeviceIdCode);
    if (level === undefined) return refuse(request, ExceptionCode.illegalDataValue, send);
    try {
      const asked = { function: FunctionCode.encapsulatedInterface, level, object: request.body.objectId };
      const { conformity, next, objects } = answerIdentification(asked, identity);
      const given = objects.map(({ id, value }) => ({ id, value: bufferOf(value) }));
      const follows = next === undefined ? 0 : 0xff;
      reply(request, new responses.ReadDeviceIdentificationResponseBody(level, conformity, follows, next ?? 0, given), send);
    } catch (error) {
      refuse(request, error instanceof ModbusException ? ExceptionCode.illegalDataAddress : ExceptionCode.serverDeviceFailure, send);
    }
  });
}
