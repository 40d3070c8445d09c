import { type Static, Type } from "typebox";

export const Severity = { info: "info", notice: "notice", warning: "warning", alarm: "alarm" } as const;
export type Severity = (typeof Severity)[keyof typeof Severity];

/** A committed fact, in the order of commits. */
export const EventDocument = Type.Object(
  {
    seq: Type.Integer({ description: "1, 2, 3, …; resume behind it" }),
    at: Type.Integer(),
    type: Type.String({ description: "<kind>.created, <kind>.updated, <kind>.deleted, or what happened, as in board.lost" }),
    kind: Type.String({ description: "kind of the document that it is about" }),
    id: Type.String(),
    /** The thing whose grants decide who may see it; absent for what belongs to no thing. */
    thing: Type.Optional(Type.String()),
    rev: Type.Optional(Type.Integer()),
    /** Top-level fields that changed. */
    mask: Type.Optional(Type.Array(Type.String())),
    /** SHA-256 of the document before and after, hexadecimal. */
    before: Type.Optional(Type.String()),
    after: Type.Optional(Type.String()),
    actor: Type.String({ description: "who: user:<id>, key:<id>, board:<id>, system" }),
    severity: Type.Enum(Severity),
    text: Type.Optional(Type.String({ maxLength: 512, description: "one sentence for people" })),
    data: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { $id: "Event" },
);
export type EventDocument = Static<typeof EventDocument>;

/** One line of the audit log. `hash` is SHA-256 over the line without it, `prev` the hash of the line before. */
export const AuditDocument = Type.Object(
  {
    seq: Type.Integer(),
    at: Type.Integer(),
    actor: Type.String(),
    via: Type.String({ description: "rest, console, cli, mqtt, link, file or system" }),
    address: Type.Optional(Type.String()),
    action: Type.String({ description: "what was tried, as in feature.desired:update" }),
    kind: Type.String(),
    id: Type.String(),
    outcome: Type.Union([Type.Literal("done"), Type.Literal("refused")]),
    code: Type.Optional(Type.String({ description: "why it was refused" })),
    count: Type.Optional(Type.Integer({ description: "the line stands for so many alike, refused within a second" })),
    mask: Type.Optional(Type.Array(Type.String())),
    before: Type.Optional(Type.Integer({ description: "rev before" })),
    after: Type.Optional(Type.Integer({ description: "rev after" })),
    prev: Type.String(),
    hash: Type.String(),
  },
  { $id: "AuditLine" },
);
export type AuditDocument = Static<typeof AuditDocument>;
