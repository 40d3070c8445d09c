import { type Static, Type } from "typebox";

/** Where `/health` and `/metrics` answer over HTTP. */
export const HealthConfig = Type.Object(
  {
    host: Type.Optional(Type.String({ minLength: 1, description: "address to listen on; default 127.0.0.1" })),
    port: Type.Optional(Type.Integer({ minimum: 0, maximum: 65_535, description: "0 takes any free port; default 9464" })),
  },
  { $id: "HealthConfig", additionalProperties: false },
);
export type HealthConfig = Static<typeof HealthConfig>;
