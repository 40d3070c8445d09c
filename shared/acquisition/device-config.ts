import { type Static, Type } from "typebox";
import { Duration, idPattern, PointConfig, ReportRule } from "./point-config.ts";

/** One Modbus unit with its points: a thing. */
export const DeviceConfig = Type.Object(
  {
    id: Type.String({ pattern: idPattern, description: "thing id in twins and topics" }),
    name: Type.Optional(Type.String({ maxLength: 128 })),
    line: Type.String({ pattern: idPattern, description: "id of the line the unit is on" }),
    unit: Type.Optional(Type.Integer({ minimum: 0, maximum: 255, description: "Modbus unit id; default 1" })),
    schedule: Type.Optional(Type.String({ pattern: idPattern, description: "schedule of points that name none; default: every second" })),
    staleAfter: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: "missed cycles until values turn stale; default 3" })),
    timeout: Type.Optional(Duration("how long this unit may take to answer; default: the line's")),
    turnaround: Type.Optional(Duration("silence this unit needs before a request; default: the line's, or as learned")),
    limits: Type.Optional(
      Type.Object(
        {
          registers: Type.Optional(Type.Integer({ minimum: 1, maximum: 125, description: "largest register read; default 125" })),
          bits: Type.Optional(Type.Integer({ minimum: 1, maximum: 2000, description: "largest bit read; default 2000" })),
          bridge: Type.Optional(Type.Boolean({ description: "may a read cover registers that no point names; default true" })),
          learn: Type.Optional(Type.Boolean({ description: "find out by trying what the unit refuses, and read around it; default true" })),
        },
        { additionalProperties: false, description: "what the unit is known to bear; what is not said is found out by trying" },
      ),
    ),
    report: Type.Optional(ReportRule),
    points: Type.Array(PointConfig, { minItems: 1, maxItems: 4096, description: "the values of the unit" }),
  },
  { $id: "DeviceConfig", additionalProperties: false },
);
export type DeviceConfig = Static<typeof DeviceConfig>;
