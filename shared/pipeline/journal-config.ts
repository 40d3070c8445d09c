import { type Static, Type } from "typebox";
import { Duration } from "../acquisition/point-config.ts";
import { idPattern } from "../base/id.ts";

/** What is done when a stream has no room left. */
export const WhenFull = Type.Union([Type.Literal("drop-oldest"), Type.Literal("thin"), Type.Literal("stop")], {
  description:
    "drop-oldest: the oldest records go · thin: of the older half every second record goes · stop: nothing new is taken; whatever is lost is recorded as a gap; default drop-oldest",
});
export type WhenFull = Static<typeof WhenFull>;

/** One stream of the journal: an order of its own, segments of its own, room of its own. */
export const StreamConfig = Type.Object(
  {
    id: Type.String({ pattern: idPattern }),
    things: Type.Array(Type.String({ pattern: idPattern }), {
      minItems: 1,
      maxItems: 4096,
      uniqueItems: true,
      description: "devices and sensors whose samples go here",
    }),
    maxBytes: Type.Optional(Type.Integer({ minimum: 262_144, description: "room of the stream; default: an even share of what is left" })),
    whenFull: Type.Optional(WhenFull),
  },
  { $id: "StreamConfig", additionalProperties: false },
);
export type StreamConfig = Static<typeof StreamConfig>;

/** What the board keeps until its gateway has it. Stands wherever an uplink stands; this part sets its bounds, or keeps it without an uplink. */
export const JournalConfig = Type.Object(
  {
    maxBytes: Type.Optional(
      Type.Integer({ minimum: 1_048_576, description: "room of all streams together; default: what the board's description grants" }),
    ),
    whenFull: Type.Optional(WhenFull),
    commitInterval: Type.Optional(
      Duration("records are gathered for this long and written together: what a power cut may take of them; default 1 s"),
    ),
    commitBytes: Type.Optional(
      Type.Integer({ minimum: 4096, maximum: 16_777_216, description: "as many bytes are written at once without waiting; default 65536" }),
    ),
    keep: Type.Optional(Duration("records that the gateway has are kept at least this long; default 0 s")),
    record: Type.Optional(
      Type.Union([Type.Literal("change"), Type.Literal("always")], {
        description:
          "change: a sample of which only the times are new is recorded once in a heartbeat; always: every sample; default change",
      }),
    ),
    heartbeat: Type.Optional(Duration("record change: an unchanged value is recorded this often; default 30 min")),
    streams: Type.Optional(
      Type.Array(StreamConfig, { maxItems: 256, description: "streams besides the one named samples, which takes all other things" }),
    ),
  },
  { $id: "JournalConfig", additionalProperties: false },
);
export type JournalConfig = Static<typeof JournalConfig>;
