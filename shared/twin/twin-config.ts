import { type Static, Type } from "typebox";
import { Duration } from "../acquisition/point-config.ts";

/** How the board keeps its twins. */
export const TwinConfig = Type.Object(
  {
    commitInterval: Type.Optional(
      Duration("changes of this long are written and synced to disk together: what reported values may lose in a power cut; default 1 s"),
    ),
    commitSize: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100_000,
        description: "so many pending changes are written at once, before the interval ends; default 4096",
      }),
    ),
    maxFeatures: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000_000, description: "features kept at most; more are refused and counted; default 20000" }),
    ),
  },
  { $id: "TwinConfig", additionalProperties: false },
);
export type TwinConfig = Static<typeof TwinConfig>;
