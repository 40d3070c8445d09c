import type { Access, Actor, Permission } from "../../../shared/twin/access/access-ports.ts";
import { visibleThings } from "../../../shared/twin/access/visible-things.ts";
import type { EventDocument } from "../../../shared/twin/documents/event-document.ts";

/** Things whose answer is remembered, for each permission. */
const mostRemembered = 20_000;

/** Events about principals are for those who may read these. */
const ofPrincipals: ReadonlyMap<string, Permission> = new Map([
  ["user", "user:read"],
  ["key", "key:read"],
  ["grant", "grant:read"],
]);

/** What one permission covers: of all things, or of those that were asked for. */
interface Covered {
  readonly sees: ((thing: string) => boolean) | undefined;
  readonly things: Map<string, boolean>;
}

/** What somebody may see now, for streams and lists that ask for every item; remembered until `forget`. */
export class Sight {
  readonly #access: Access;
  readonly #actor: Actor;
  readonly #covered = new Map<Permission, Covered>();

  constructor(access: Access, actor: Actor) {
    this.#access = access;
    this.#actor = actor;
  }

  readings(thing: string): boolean {
    return this.#covers("record:read", thing);
  }

  /** Boards are things, too. */
  board(id: string): boolean {
    return this.#covers("board:read", id);
  }

  event({ kind, thing }: EventDocument): boolean {
    const besides = ofPrincipals.get(kind);
    if (besides !== undefined && !this.#access.everywhere(this.#actor, besides)) return false;
    return this.#covers("event:read", thing);
  }

  /** Grants, groups or things have changed. */
  forget(): void {
    this.#covered.clear();
  }

  #covers(permission: Permission, thing: string | undefined): boolean {
    let covered = this.#covered.get(permission);
    if (covered === undefined) {
      covered = { sees: visibleThings(this.#access, this.#actor, permission), things: new Map() };
      this.#covered.set(permission, covered);
    }
    const { sees, things } = covered;
    if (sees === undefined) return true;
    if (thing === undefined) return false;
    let answer = things.get(thing);
    if (answer === undefined) {
      answer = sees(thing);
      if (things.size >= mostRemembered) things.clear();
      things.set(thing, answer);
    }
    return answer;
  }
}
