import { type Static, Type } from "typebox";

/** Bytes with a hash; they lie in a file that is named by it. */
export const ArtifactDocument = Type.Object(
  {
    id: Type.String({ description: "the first 32 hexadecimal digits of the hash" }),
    name: Type.String({ maxLength: 255 }),
    mediaType: Type.String({ maxLength: 128 }),
    size: Type.Integer(),
    sha256: Type.String(),
    createdBy: Type.String(),
    rev: Type.Integer(),
    createdAt: Type.Integer(),
    updatedAt: Type.Integer(),
  },
  { $id: "Artifact" },
);
export type ArtifactDocument = Static<typeof ArtifactDocument>;
