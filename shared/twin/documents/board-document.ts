import { type Static, Type } from "typebox";
import { idPattern } from "../../base/id.ts";
import { Labels } from "./thing-document.ts";

export const fingerprintPattern = "^sha256:[0-9a-f]{64}$";

/** A board, as `boards.json` and the API name it. */
export const BoardIntent = Type.Object(
  {
    id: Type.String({ pattern: idPattern, description: "the id that the board's own configuration gives" }),
    name: Type.Optional(Type.String({ maxLength: 128 })),
    address: Type.Optional(Type.String({ maxLength: 255, description: "where it was last seen, or where to look; never who it is" })),
    enabled: Type.Optional(Type.Boolean({ description: "false: nothing is asked of it; default true" })),
    labels: Type.Optional(Labels),
    keyFingerprint: Type.Optional(
      Type.String({
        pattern: fingerprintPattern,
        description: "SHA-256 of its public key; without it the first key that it shows is kept",
      }),
    ),
  },
  { $id: "BoardIntent", additionalProperties: false },
);
export type BoardIntent = Static<typeof BoardIntent>;

/** `discovered` said hello and waits for somebody to adopt it; `adopted` is served. */
export const BoardDocument = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    address: Type.Optional(Type.String()),
    enabled: Type.Boolean(),
    labels: Labels,
    keyFingerprint: Type.Optional(Type.String()),
    state: Type.Union([Type.Literal("discovered"), Type.Literal("adopted")]),
    version: Type.Optional(Type.String({ description: "version that it last said" })),
    discoveredAt: Type.Optional(Type.Integer()),
    rev: Type.Integer(),
    createdAt: Type.Integer(),
    updatedAt: Type.Integer(),
  },
  { $id: "Board" },
);
export type BoardDocument = Static<typeof BoardDocument>;

/** The file `boards.json`. */
export const BoardsFile = Type.Object(
  { version: Type.Literal(1), boards: Type.Array(BoardIntent, { maxItems: 10_000 }) },
  { $id: "BoardsFile", additionalProperties: false },
);
export type BoardsFile = Static<typeof BoardsFile>;

export const StreamCondition = { live: "live", recovering: "recovering", stale: "stale", failed: "failed", disabled: "disabled" } as const;
export type StreamCondition = (typeof StreamCondition)[keyof typeof StreamCondition];

const Place = Type.Object({ term: Type.Integer(), seq: Type.Integer() });

/** How one stream of a board stands now. Not stored. */
export const StreamState = Type.Object(
  {
    id: Type.String(),
    state: Type.Enum(StreamCondition),
    cursor: Place,
    /** The newest record that the board is known to have. */
    newest: Type.Optional(Place),
    remaining: Type.Integer({ description: "records that are known to wait on the board" }),
    lag: Type.Optional(Type.Integer({ description: "milliseconds between the newest kept record and now, or the board's newest" })),
    eta: Type.Optional(Type.Integer({ description: "milliseconds until it has caught up, estimated" })),
    records: Type.Integer({ description: "kept since the gateway started" }),
    gaps: Type.Integer({ description: "holes met since the gateway started" }),
    reason: Type.Optional(Type.String()),
  },
  { $id: "StreamState" },
);
export type StreamState = Static<typeof StreamState>;

/** How a board's link stands now. Not stored. Offline is never an error. */
export const BoardLinkState = Type.Object(
  {
    state: Type.Union([
      Type.Literal("online"),
      Type.Literal("connecting"),
      Type.Literal("lost"),
      Type.Literal("disabled"),
      Type.Literal("failed"),
      Type.Literal("fenced"),
      Type.Literal("discovered"),
    ]),
    since: Type.Integer(),
    reason: Type.Optional(Type.String()),
    heardAt: Type.Optional(Type.Integer()),
    waitingCommands: Type.Integer(),
    streams: Type.Array(StreamState),
  },
  { $id: "BoardLinkState" },
);
export type BoardLinkState = Static<typeof BoardLinkState>;

/** What the API and the console show of a board. */
export const BoardView = Type.Object({ ...BoardDocument.properties, link: BoardLinkState }, { $id: "BoardView" });
export type BoardView = Static<typeof BoardView>;
