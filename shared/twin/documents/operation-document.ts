import { type Static, Type } from "typebox";
import { idPattern } from "../../base/id.ts";

export const OperationState = {
  pending: "pending",
  queued: "queued",
  sent: "sent",
  accepted: "accepted",
  running: "running",
  uncertain: "uncertain",
  cancelling: "cancelling",
  succeeded: "succeeded",
  failed: "failed",
  rejected: "rejected",
  cancelled: "cancelled",
  expired: "expired",
} as const;
export type OperationState = (typeof OperationState)[keyof typeof OperationState];

/** What a user asks for. The same key with the same input gives the same operation; with another input it is refused. */
export const OperationIntent = Type.Object(
  {
    type: Type.String({ pattern: "^[a-z][a-z0-9.-]{0,63}$", description: "feature.write is carried out by boards" }),
    target: Type.Object(
      { thing: Type.String({ pattern: idPattern }), feature: Type.Optional(Type.String({ pattern: idPattern })) },
      { additionalProperties: false },
    ),
    input: Type.Optional(Type.Unknown({ description: "what to do it with: for feature.write the value" })),
    idempotencyKey: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    expiresIn: Type.Optional(
      Type.Integer({ minimum: 1000, maximum: 604_800_000, description: "milliseconds; not begun later; default 60000" }),
    ),
  },
  { $id: "OperationIntent", additionalProperties: false },
);
export type OperationIntent = Static<typeof OperationIntent>;

/** One piece of work that happens once. */
export const OperationDocument = Type.Object(
  {
    id: Type.String(),
    type: Type.String(),
    target: Type.Object({ thing: Type.String(), feature: Type.Optional(Type.String()) }),
    board: Type.Optional(Type.String({ description: "the board that carries it out" })),
    /** The command's number on its board. */
    cmdSeq: Type.Optional(Type.Integer()),
    /** The intent that it carries, for operations of the reconciler. */
    desiredRev: Type.Optional(Type.Integer()),
    input: Type.Optional(Type.Unknown()),
    idempotencyKey: Type.Optional(Type.String()),
    state: Type.Enum(OperationState),
    stage: Type.Optional(Type.String()),
    result: Type.Optional(Type.Unknown()),
    error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
    deadline: Type.Integer(),
    createdBy: Type.String(),
    history: Type.Array(Type.Object({ state: Type.String(), at: Type.Integer() }), { maxItems: 32 }),
    rev: Type.Integer(),
    createdAt: Type.Integer(),
    updatedAt: Type.Integer(),
  },
  { $id: "Operation" },
);
export type OperationDocument = Static<typeof OperationDocument>;
