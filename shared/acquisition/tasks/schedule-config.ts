import { type Static, Type } from "typebox";
import { Duration } from "../point-config.ts";

/** When a task runs: by a period, by the calendar, or once. */
export const ScheduleConfig = Type.Union(
  [
    Type.Object(
      {
        every: Duration("period"),
        phase: Type.Optional(
          Duration("offset of the period from whole multiples of it on the wall clock at start; default: spread by the runner"),
        ),
        deadline: Type.Optional(Duration("a run that takes longer is counted as late; default: the period")),
        priority: Type.Optional(Type.Integer({ minimum: 0, maximum: 9, description: "0 goes first; default 5" })),
      },
      { additionalProperties: false },
    ),
    Type.Object(
      {
        cron: Type.String({ minLength: 9, description: "five or six fields, seconds first when six" }),
        zone: Type.Optional(Type.String({ description: "IANA time zone; default UTC" })),
        deadline: Type.Optional(Duration("a run that takes longer is counted as late; default 1 min")),
        priority: Type.Optional(Type.Integer({ minimum: 0, maximum: 9, description: "0 goes first; default 5" })),
      },
      { additionalProperties: false },
    ),
    Type.Object(
      {
        once: Duration("run once, this long after start"),
        deadline: Type.Optional(Duration("a run that takes longer is counted as late; default 1 min")),
        priority: Type.Optional(Type.Integer({ minimum: 0, maximum: 9, description: "0 goes first; default 5" })),
      },
      { additionalProperties: false },
    ),
  ],
  { $id: "ScheduleConfig" },
);
export type ScheduleConfig = Static<typeof ScheduleConfig>;
