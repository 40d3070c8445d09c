import { type Static, Type } from "typebox";
import { ByteOrder, Duration, idPattern, RegisterArea, ValueType } from "../acquisition/point-config.ts";

/** One value at one place of the server's tables. */
export const ServedRegister = Type.Object(
  {
    thing: Type.String({ pattern: idPattern, description: "device or sensor" }),
    feature: Type.String({ pattern: idPattern, description: "its point" }),
    area: RegisterArea,
    address: Type.Integer({
      minimum: 0,
      maximum: 65_535,
      description: "first register or bit as on the wire, from 0 (40001 in old notation is holding 0)",
    }),
    type: Type.Optional(ValueType),
    order: Type.Optional(ByteOrder),
    length: Type.Optional(Type.Integer({ minimum: 1, maximum: 246, description: "type string: its length in bytes" })),
    scale: Type.Optional(Type.Number({ description: "value = register × scale + offset" })),
    offset: Type.Optional(Type.Number({ description: "value = register × scale + offset" })),
    write: Type.Optional(
      Type.Boolean({
        description: "clients may write it: becomes the desired value of the point, whose own write rule decides; default false",
      }),
    ),
  },
  { $id: "ServedRegister", additionalProperties: false },
);
export type ServedRegister = Static<typeof ServedRegister>;

/** Values that the board shows to Modbus TCP clients: PLC, SCADA, panel. */
export const ModbusServerConfig = Type.Object(
  {
    host: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          "address to listen on; default 127.0.0.1; beyond loopback, registers that may be written need allow, since Modbus knows no accounts",
      }),
    ),
    port: Type.Optional(Type.Integer({ minimum: 0, maximum: 65_535, description: "default 1502; 0 for any free one" })),
    unit: Type.Optional(Type.Integer({ minimum: 0, maximum: 255, description: "answer to this unit only; default: to every unit" })),
    clients: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 256,
        description: "connections at once at most; one more takes the place of the one that was silent longest, if for 30 s; default 16",
      }),
    ),
    idleTimeout: Type.Optional(Duration("a connection without a request for so long is closed; default 10 min")),
    allow: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        minItems: 1,
        maxItems: 256,
        description: 'addresses, or networks as in "192.168.1.0/24", that may connect; default: all that reach it',
      }),
    ),
    whenBad: Type.Optional(
      Type.Union([Type.Literal("exception"), Type.Literal("last")], {
        description:
          "a value that is bad or stale: exception (answer 04, server device failure) or last (its last good value; exception where there never was one); default exception",
      }),
    ),
    registers: Type.Array(ServedRegister, {
      minItems: 1,
      maxItems: 4096,
      description: "what is served and where; reads of other addresses, and of a part of a value, are answered with exception 02",
    }),
  },
  { $id: "ModbusServerConfig", additionalProperties: false },
);
export type ModbusServerConfig = Static<typeof ModbusServerConfig>;
