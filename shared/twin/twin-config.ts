import { type Static, Type } from "typebox";
import { Duration } from "../acquisition/point-config.ts";

/** How the board keeps its twins. */
export const TwinConfig = Type.Object(
  {
    commitInterval: Type.Optional(
      Duration("reported values are gathered for this long and written together: what a power cut may take of them; default 1 s"),
    ),
    commitDelay: Type.Optional(
      Duration(
        "how long a change that somebody waits for, a desired value, lets others join its commit; default 0 ms: those of the same moment",
      ),
    ),
    commitSize: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100_000,
        description: "features in one batch at most; more are written in several; default 1024",
      }),
    ),
    refreshInterval: Type.Optional(Duration("how often samples of which only the times are new are written; default 1 h")),
    maxFeatures: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000_000, description: "features kept at most; more are refused and counted; default 20000" }),
    ),
    maxDocument: Type.Optional(
      Type.Integer({
        minimum: 1024,
        maximum: 1_048_576,
        description: "bytes of desired and status of one feature together; default 65536",
      }),
    ),
  },
  { $id: "TwinConfig", additionalProperties: false },
);
export type TwinConfig = Static<typeof TwinConfig>;
