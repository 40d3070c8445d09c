import { EdgeError } from "../../../shared/base/edge-error.ts";

/** One artifact is larger than the gateway takes. */
export class ArtifactTooLarge extends EdgeError {
  readonly code = "EDGE_ARTIFACT_TOO_LARGE";
  constructor(most: number) {
    super(`the artifact is larger than ${most} bytes, the most that one may have`);
  }
}

/** All artifacts together would take more than is set aside for them. */
export class ArtifactSpaceFull extends EdgeError {
  readonly code = "EDGE_ARTIFACT_SPACE_FULL";
  constructor(most: number) {
    super(`artifacts may take ${most} bytes together, and there is no room left for this one`);
  }
}

/** The bytes of an artifact are gone or no longer what their hash says. */
export class ArtifactDamaged extends EdgeError {
  readonly code = "EDGE_ARTIFACT_DAMAGED";
  constructor(sha256: string, why: string) {
    super(`the artifact ${sha256} cannot be given out: ${why}`);
  }
}
