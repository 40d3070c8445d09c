import { type Static, Type } from "typebox";

/** Why a request failed. RFC 9457. */
export const ProblemDocument = Type.Object(
  {
    type: Type.String({ description: "urn:penstock:error:<code>" }),
    title: Type.String({ description: "what this kind of problem is" }),
    status: Type.Integer(),
    detail: Type.String({ description: "what went wrong this time" }),
    code: Type.String({ description: "stable; switch on it" }),
    remedy: Type.String({ description: "what to do" }),
    instance: Type.String({ description: "number of the request, as the gateway's log has it" }),
    problems: Type.Optional(
      Type.Array(
        Type.Object({
          path: Type.String({ description: "JSON pointer into the request: /body, /query, /path or /headers first" }),
          message: Type.String(),
          expected: Type.String(),
        }),
      ),
    ),
  },
  { $id: "Problem", additionalProperties: false },
);
export type ProblemDocument = Static<typeof ProblemDocument>;
