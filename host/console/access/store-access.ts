import type { EdgeError } from "../../../shared/base/edge-error.ts";
import type { Access, Actor, Permission, Target } from "../../../shared/twin/access/access-ports.ts";
import type { Holdings } from "../../../shared/twin/access/holdings.ts";
import { boardMay, reconcilerMay } from "../../../shared/twin/access/machine-permissions.ts";
import { rankFor, rankOf, rolesWith } from "../../../shared/twin/access/permissions.ts";
import { parseScope, type Scope, targetOfScope } from "../../../shared/twin/access/scope.ts";
import { Forbidden } from "../../../shared/twin/documents/document-errors.ts";
import { type GrantIntent, Role } from "../../../shared/twin/documents/principal-document.ts";
import { GrantBeyondOwn } from "./access-errors.ts";
import type { PrincipalBook } from "./principal-book.ts";
import type { ThingPlaces } from "./thing-places.ts";

/** Who acts with the first-start token: an admin, as long as there are no users. */
export const firstStartActor = "token:first-start";

const rankOfAdmin = rankOf(Role.admin);

const where = ({ thing, definition }: Target): string => {
  if (thing !== undefined) return `thing ${thing}`;
  return definition === undefined ? "what belongs to no thing" : `definition ${definition}`;
};

/** Decides by grants, as they were committed last. A key may what its owner and its own grants both allow. */
export class StoreAccess implements Access {
  readonly #book: PrincipalBook;
  readonly #places: ThingPlaces;

  constructor({ book, places }: { readonly book: PrincipalBook; readonly places: ThingPlaces }) {
    this.#book = book;
    this.#places = places;
  }

  allows(actor: Actor, permission: Permission, target: Target): boolean {
    switch (actor.type) {
      case "system":
        return true;
      case "reconciler":
        return reconcilerMay(permission);
      case "board":
        return boardMay(permission) && this.#isOwn(actor, permission, target);
      default:
        return this.#rankAt(actor, target) >= rankFor(permission);
    }
  }

  refusal(actor: Actor, permission: Permission, target: Target): EdgeError | undefined {
    return this.allows(actor, permission, target) ? undefined : new Forbidden(permission, where(target));
  }

  everywhere(actor: Actor, permission: Permission): boolean {
    if (actor.type === "board") return false;
    return this.allows(actor, permission, {});
  }

  rolesOf(permission: Permission): readonly Role[] {
    return rolesWith(permission);
  }

  /**
   * Whether somebody may give a role at a scope, or take it: he holds `grant:create` and as high a role at a scope that covers all of it.
   * @returns `undefined` when he may, else why not
   */
  mayGrant(actor: Actor, { role, scope }: Pick<GrantIntent, "role" | "scope">): EdgeError | undefined {
    if (actor.type === "system") return undefined;
    const at = parseScope(scope);
    if (at === undefined || (actor.type !== "user" && actor.type !== "key")) return new Forbidden("grant:create", scope);
    const rank = this.#rankOver(actor, at);
    if (rank < rankFor("grant:create")) return new Forbidden("grant:create", scope);
    return rank < rankOf(role) ? new GrantBeyondOwn(role, scope) : undefined;
  }

  /** Whether somebody may know of a grant. */
  seesGrant(actor: Actor, scope: string): boolean {
    const at = parseScope(scope);
    return at !== undefined && this.allows(actor, "grant:read", targetOfScope(at));
  }

  /** True when some scope or other covers it: then a list is worth filtering. */
  somewhere(actor: Actor, permission: Permission): boolean {
    if (actor.type !== "user" && actor.type !== "key") return this.allows(actor, permission, {});
    if (actor.id === firstStartActor) return this.#firstStartRank() >= rankFor(permission);
    const own = this.#book.powersOf(actor.id).somewhere;
    return (actor.type === "key" ? Math.min(own, this.#ofOwner(actor).somewhere) : own) >= rankFor(permission);
  }

  #isOwn(actor: Actor, permission: Permission, { thing }: Target): boolean {
    if (thing === undefined) return false;
    const board = actor.id.slice("board:".length);
    if (thing === board || this.#places.boardOf(thing) === board) return true;
    return permission === "thing:create" && !this.#places.isThing(thing);
  }

  #rankAt(actor: Actor, target: Target): number {
    if (actor.id === firstStartActor) return this.#firstStartRank();
    const own = this.#book.powersOf(actor.id).at(target, this.#places);
    return actor.type === "key" && own > 0 ? Math.min(own, this.#ofOwner(actor).at(target, this.#places)) : own;
  }

  #rankOver(actor: Actor, scope: Scope): number {
    if (actor.id === firstStartActor) return this.#firstStartRank();
    const own = this.#book.powersOf(actor.id).over(scope, this.#places);
    return actor.type === "key" ? Math.min(own, this.#ofOwner(actor).over(scope, this.#places)) : own;
  }

  #ofOwner(actor: Actor): Holdings {
    return this.#book.powersOf(this.#book.ownerOf(actor.id) ?? "");
  }

  #firstStartRank(): number {
    return this.#book.users.size === 0 ? rankOfAdmin : 0;
  }
}
