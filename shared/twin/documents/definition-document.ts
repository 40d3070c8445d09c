import { type Static, Type } from "typebox";
import { definitionIdPattern } from "./document-fields.ts";

/** One typed attribute of what follows a definition. */
export const AttributeSpec = Type.Object(
  {
    feature: Type.String({ maxLength: 64, description: "the feature that carries it" }),
    path: Type.Optional(Type.String({ maxLength: 128, description: "where in desired and reported, parts joined by /; default value" })),
    title: Type.Optional(Type.String({ maxLength: 128 })),
    type: Type.Union([Type.Literal("number"), Type.Literal("integer"), Type.Literal("boolean"), Type.Literal("text")]),
    unit: Type.Optional(Type.String({ maxLength: 32 })),
    minimum: Type.Optional(Type.Number()),
    maximum: Type.Optional(Type.Number()),
    desiredValues: Type.Optional(
      Type.Array(Type.Union([Type.String(), Type.Number(), Type.Boolean()]), {
        maxItems: 64,
        description: "the only values that may be wanted",
      }),
    ),
    reportedValues: Type.Optional(
      Type.Array(Type.Union([Type.String(), Type.Number(), Type.Boolean()]), {
        maxItems: 64,
        description: "the only values that may be reported",
      }),
    ),
    tolerance: Type.Optional(Type.Number({ minimum: 0, description: "desired and reported count as equal within it" })),
    /** Reported value ► desired values that may be asked for there; what is not listed is illegal. */
    transitions: Type.Optional(
      Type.Record(Type.String(), Type.Array(Type.Union([Type.String(), Type.Number(), Type.Boolean()]), { maxItems: 64 }), {
        description: "from each reported value, what may be wanted",
      }),
    ),
  },
  { additionalProperties: false },
);
export type AttributeSpec = Static<typeof AttributeSpec>;

/** What a user says of a definition. The id is `<kind>:<name>@<version>`; a version never changes once a thing uses it. */
export const DefinitionIntent = Type.Object(
  {
    id: Type.String({ pattern: definitionIdPattern }),
    title: Type.Optional(Type.String({ maxLength: 128 })),
    description: Type.Optional(Type.String({ maxLength: 1024 })),
    attributes: Type.Array(AttributeSpec, { maxItems: 512 }),
  },
  { $id: "DefinitionIntent", additionalProperties: false },
);
export type DefinitionIntent = Static<typeof DefinitionIntent>;

/** A versioned type. */
export const DefinitionDocument = Type.Object(
  {
    ...DefinitionIntent.properties,
    kind: Type.String({ description: "the part of the id before the colon" }),
    rev: Type.Integer(),
    createdAt: Type.Integer(),
    updatedAt: Type.Integer(),
  },
  { $id: "Definition" },
);
export type DefinitionDocument = Static<typeof DefinitionDocument>;
