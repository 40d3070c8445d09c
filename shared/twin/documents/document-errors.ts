import { EdgeError } from "../../base/edge-error.ts";
import type { Problem } from "../../base/problem.ts";

/** The actor may not do this there. */
export class Forbidden extends EdgeError {
  readonly code = "EDGE_FORBIDDEN";
  readonly permission: string;
  constructor(permission: string, where: string) {
    super(`${permission} is not granted for ${where}`);
    this.permission = permission;
  }
}

/** There is no such document, or the asker may not know that there is. */
export class NotFound extends EdgeError {
  readonly code = "EDGE_NOT_FOUND";
  constructor(kind: string, id: string) {
    super(`there is no ${kind} ${JSON.stringify(id)}`);
  }
}

/** A field belongs to somebody else; nothing was applied. */
export class FieldNotYours extends EdgeError {
  readonly code = "EDGE_FIELD_NOT_YOURS";
  readonly field: string;
  constructor(field: string, owner: string, by: string) {
    super(`${field} is written by ${owner}, not by ${by}; nothing was applied`);
    this.field = field;
  }
}

/** The document changed since the writer saw it. RFC 9110 §13.1.1. */
export class RevisionConflict extends EdgeError {
  readonly code = "EDGE_REVISION_CONFLICT";
  readonly rev: number;
  constructor(kind: string, id: string, expected: number, rev: number) {
    super(`${kind} ${id} is at revision ${rev}, not ${expected}`);
    this.rev = rev;
  }
}

/** What was sent is not such a document. */
export class ResourceInvalid extends EdgeError {
  readonly code = "EDGE_RESOURCE_INVALID";
  readonly problems: readonly Problem[];
  constructor(what: string, problems: readonly Problem[]) {
    super(
      `${what}: ${problems.map(({ path, message, expected }) => `${path === "" ? "/" : path} ${message}, expected ${expected}`).join("; ")}`,
    );
    this.problems = problems;
  }
}

/** The definition does not let this state be asked for from where it stands. */
export class TransitionIllegal extends EdgeError {
  readonly code = "EDGE_TRANSITION_ILLEGAL";
  constructor(path: string, from: string, to: string, allowed: string) {
    super(`${path} cannot go from ${from} to ${to}; from there ${allowed}`);
  }
}

/** Something else still names the document. */
export class StillReferenced extends EdgeError {
  readonly code = "EDGE_STILL_REFERENCED";
  constructor(kind: string, id: string, by: string) {
    super(`${kind} ${id} is still used by ${by}`);
  }
}

/** The id is taken. */
export class AlreadyExists extends EdgeError {
  readonly code = "EDGE_ALREADY_EXISTS";
  constructor(kind: string, id: string) {
    super(`${kind} ${id} is there already`);
  }
}

/** A filter or an order cannot be understood. */
export class FilterInvalid extends EdgeError {
  readonly code = "EDGE_FILTER_INVALID";
  constructor(what: string, why: string) {
    super(`${what}: ${why}`);
  }
}

/** A query looks at more than one query may. */
export class QueryTooCostly extends EdgeError {
  readonly code = "EDGE_QUERY_TOO_COSTLY";
  constructor(what: string, limit: string) {
    super(`${what} is more than ${limit}; narrow it down`);
  }
}
