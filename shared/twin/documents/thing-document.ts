import { type Static, Type } from "typebox";
import { idPattern } from "../../base/id.ts";
import { definitionIdPattern, labelPattern } from "./document-fields.ts";

/** Labels of a thing: at most 32. */
export const Labels = Type.Record(Type.String({ pattern: labelPattern }), Type.String({ maxLength: 128 }), {
  additionalProperties: false,
  maxProperties: 32,
  description: "labels, as in site and line",
});
export type Labels = Static<typeof Labels>;

export const ThingKind = {
  board: "board",
  device: "device",
  gateway: "gateway",
  site: "site",
  group: "group",
  simulated: "simulated",
} as const;
export type ThingKind = (typeof ThingKind)[keyof typeof ThingKind];

/** What a user says of a thing. */
export const ThingIntent = Type.Object(
  {
    id: Type.String({ pattern: idPattern, description: "names the thing for ever" }),
    kind: Type.Optional(Type.Enum(ThingKind, { description: "what sort of thing; default device" })),
    name: Type.Optional(Type.String({ maxLength: 128, description: "name for people; default the id" })),
    description: Type.Optional(Type.String({ maxLength: 1024 })),
    definition: Type.Optional(Type.String({ pattern: definitionIdPattern, description: "the blueprint that it follows" })),
    labels: Type.Optional(Labels),
    /** A group whose members follow from their labels: a CEL expression over things. */
    selector: Type.Optional(
      Type.String({ maxLength: 1024, description: "groups only: CEL expression that picks members, as in labels.line == 'a'" }),
    ),
  },
  { $id: "ThingIntent", additionalProperties: false },
);
export type ThingIntent = Static<typeof ThingIntent>;

const Lifecycle = Type.Object(
  {
    desired: Type.Union([Type.Literal("present"), Type.Literal("deleted")]),
    reported: Type.Union([Type.Literal("present"), Type.Literal("deleting")]),
    /** Who has yet to clean up before the document goes: names of finalizers. */
    deleting: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 16 }),
  },
  { additionalProperties: false },
);

/** Anything with identity. */
export const ThingDocument = Type.Object(
  {
    id: Type.String(),
    kind: Type.Enum(ThingKind),
    name: Type.String(),
    description: Type.Optional(Type.String()),
    definition: Type.Optional(Type.String()),
    labels: Labels,
    selector: Type.Optional(Type.String()),
    board: Type.Optional(Type.String({ description: "the board that brings it; absent for things that people made" })),
    lifecycle: Lifecycle,
    rev: Type.Integer(),
    createdAt: Type.Integer(),
    updatedAt: Type.Integer(),
  },
  { $id: "Thing" },
);
export type ThingDocument = Static<typeof ThingDocument>;
