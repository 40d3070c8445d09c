import { type Static, Type } from "typebox";

const Part = Type.Record(Type.String(), Type.Unknown());

/** What a board says of one of its points: never written by users. */
export const FeatureTraits = Type.Object(
  {
    unit: Type.Optional(Type.String({ maxLength: 32, description: "unit of the value, as in m3/h" })),
    type: Type.Optional(
      Type.Union([Type.Literal("number"), Type.Literal("boolean"), Type.Literal("text"), Type.Literal("list"), Type.Literal("object")]),
    ),
    writable: Type.Optional(Type.Boolean({ description: "desired values are carried to the device" })),
    minimum: Type.Optional(Type.Number()),
    maximum: Type.Optional(Type.Number()),
    values: Type.Optional(
      Type.Array(Type.Union([Type.Number(), Type.String(), Type.Boolean()]), {
        maxItems: 256,
        description: "the only values that may be written",
      }),
    ),
    period: Type.Optional(Type.Integer({ description: "milliseconds between two samples" })),
    description: Type.Optional(Type.String({ maxLength: 256 })),
  },
  { additionalProperties: false },
);
export type FeatureTraits = Static<typeof FeatureTraits>;

/** A part of a thing. `desired` belongs to users, `reported` and `traits` to the board, `status`, `observedRev` and `reconcile` to reconcilers. */
export const FeatureOfThing = Type.Object(
  {
    thing: Type.String(),
    id: Type.String({ description: "names the feature within its thing" }),
    title: Type.Optional(Type.String({ maxLength: 128 })),
    definition: Type.Optional(Type.String()),
    owner: Type.Union([Type.Literal("board"), Type.Literal("user")], { description: "who reports" }),
    traits: FeatureTraits,
    desired: Type.Optional(Part),
    /** The newest sample as `{value, quality, source, received, reason?}` for what boards sample; else what was last written. */
    reported: Type.Optional(Part),
    status: Type.Optional(
      Type.Object({
        text: Type.String({ maxLength: 1024 }),
        indicator: Type.Union([Type.Literal("idle"), Type.Literal("in_progress"), Type.Literal("error"), Type.Literal("unspecified")]),
        at: Type.Integer(),
      }),
    ),
    desiredRev: Type.Integer(),
    observedRev: Type.Integer(),
    reconcile: Type.Optional(
      Type.Object({
        attempts: Type.Integer(),
        operation: Type.Optional(Type.String({ description: "the operation under way" })),
        error: Type.Optional(
          Type.Object({ code: Type.String(), message: Type.String(), since: Type.Integer(), desiredRev: Type.Integer() }),
        ),
      }),
    ),
    rev: Type.Integer(),
    createdAt: Type.Integer(),
    updatedAt: Type.Integer(),
  },
  { $id: "Feature" },
);
export type FeatureOfThing = Static<typeof FeatureOfThing>;
