import type { Static, TSchema } from "typebox";
import { checkSchema } from "../../../shared/base/check-schema.ts";
import { EdgeError } from "../../../shared/base/edge-error.ts";
import type { JsonObject, JsonValue } from "../../../shared/base/json.ts";
import type { Problem } from "../../../shared/base/problem.ts";
import type { Access, Actor, Permission, Target } from "../../../shared/twin/access/access-ports.ts";
import type { Attempt, RefusalLog } from "../../../shared/twin/access/audit-port.ts";
import { ResourceInvalid } from "../../../shared/twin/documents/document-errors.ts";
import { depthWithin } from "../../../shared/twin/merge-patch.ts";

/** So deep may what is sent be nested. */
const mostDepth = 16;

/** Lets through what an actor may, and has every refusal written down. */
export class ResourceGate {
  readonly #access: Access;
  readonly #refusals: RefusalLog;

  constructor({ access, refusals }: { readonly access: Access; readonly refusals: RefusalLog }) {
    this.#access = access;
    this.#refusals = refusals;
  }

  /** @throws {Forbidden} */
  need(actor: Actor, permission: Permission, ...targets: readonly Target[]): void {
    for (const target of targets.length === 0 ? [{}] : targets) {
      const refusal = this.#access.refusal(actor, permission, target);
      if (refusal !== undefined) throw refusal;
    }
  }

  /** Does something that may be refused: each of Penstock's errors is a refusal for the audit log. */
  async try<T>(actor: Actor, attempt: Attempt, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof EdgeError) this.#refusals.refused(actor, attempt, error.code);
      throw error;
    }
  }

  /** Reads something by right; only a lack of it is a refusal. */
  read(actor: Actor, permission: Permission, kind: string, id: string, target: Target = {}): void {
    const refusal = this.#access.refusal(actor, permission, target);
    if (refusal === undefined) return;
    this.#refusals.refused(actor, { action: permission, kind, id }, refusal.code);
    throw refusal;
  }

  /** What of a list somebody sees: `undefined` for all of it. */
  sees(actor: Actor, permission: Permission): ((target: Target) => boolean) | undefined {
    if (this.#access.everywhere(actor, permission)) return undefined;
    return (target) => this.#access.allows(actor, permission, target);
  }
}

/** A value that has been found to be what the schema says. @throws {ResourceInvalid} it is not, or the further checks say more */
export function shaped<S extends TSchema>(
  what: string,
  schema: S,
  value: JsonValue,
  further: (fit: Static<S>) => Iterable<Problem> = () => [],
): Static<S> {
  const problems = checkSchema(schema, value);
  if (!fits(schema, value, problems)) throw new ResourceInvalid(what, problems);
  const more = [...further(value)];
  if (more.length > 0) throw new ResourceInvalid(what, more);
  return value;
}

function fits<S extends TSchema>(_schema: S, _value: unknown, problems: readonly Problem[]): _value is Static<S> {
  return problems.length === 0;
}

/** @throws {ResourceInvalid} */
export function checkPatch(what: string, patch: JsonObject): void {
  if (!depthWithin(patch, mostDepth))
    throw new ResourceInvalid(what, [
      { path: "", message: "nested too deeply", expected: `at most ${mostDepth} objects and lists in one another` },
    ]);
}
