import { type Static, Type } from "typebox";
import { Duration } from "../acquisition/point-config.ts";

/** The link to the gateway. */
export const UplinkConfig = Type.Object(
  {
    url: Type.String({
      pattern: "^(mqtts?|wss?)://[^\\s/?#@]+(/[^\\s]*)?$",
      description: "the gateway's broker: mqtt://, mqtts://, ws:// or wss://, host and port",
    }),
    username: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    passwordFile: Type.Optional(Type.String({ minLength: 1, description: "file that holds the password, nothing else; needs username" })),
    ca: Type.Optional(Type.String({ minLength: 1, description: "PEM file of the authorities to trust; default: the system's" })),
    certificate: Type.Optional(Type.String({ minLength: 1, description: "PEM file of the board's own certificate; needs key" })),
    key: Type.Optional(Type.String({ minLength: 1, description: "PEM file of the key of that certificate" })),
    keepAlive: Type.Optional(Duration("default 10 s")),
    catchUp: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10_000_000,
        description: "old records a second at most while catching up; default: as fast as the gateway takes them",
      }),
    ),
    batchRecords: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100_000, description: "records in one message at most; default 2000" }),
    ),
    batchBytes: Type.Optional(
      Type.Integer({ minimum: 65_536, maximum: 1_048_576, description: "bytes in one message at most; default 131072" }),
    ),
  },
  { $id: "UplinkConfig", additionalProperties: false },
);
export type UplinkConfig = Static<typeof UplinkConfig>;
