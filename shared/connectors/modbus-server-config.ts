import { type Static, Type } from "typebox";
import { ByteOrder, idPattern, RegisterArea, ValueType } from "../acquisition/point-config.ts";

/** Values that the board shows to Modbus TCP clients: PLC, SCADA, panel. */
export const ModbusServerConfig = Type.Object(
  {
    host: Type.Optional(Type.String({ minLength: 1, description: "address to listen on; default 127.0.0.1" })),
    port: Type.Optional(Type.Integer({ minimum: 0, maximum: 65_535, description: "default 1502; 0 for any free one" })),
    unit: Type.Optional(Type.Integer({ minimum: 0, maximum: 255, description: "answer to this unit only; default: to every unit" })),
    clients: Type.Optional(Type.Integer({ minimum: 1, maximum: 256, description: "connections at once at most; default 16" })),
    allow: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), { maxItems: 256, description: "addresses that may connect; default: all that reach it" }),
    ),
    whenBad: Type.Optional(
      Type.Union([Type.Literal("exception"), Type.Literal("last")], {
        description:
          "a value that is bad or stale: exception (answer 04, server device failure) or last (its last good value; exception where there never was one); default exception",
      }),
    ),
    registers: Type.Array(
      Type.Object(
        {
          thing: Type.String({ pattern: idPattern }),
          feature: Type.String({ pattern: idPattern }),
          area: RegisterArea,
          address: Type.Integer({ minimum: 0, maximum: 65_535 }),
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
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 4096 },
    ),
  },
  { $id: "ModbusServerConfig", additionalProperties: false },
);
export type ModbusServerConfig = Static<typeof ModbusServerConfig>;
