import type { Role } from "../documents/principal-document.ts";
import type { Target } from "./access-ports.ts";
import type { Places } from "./group-members.ts";
import { rankOf } from "./permissions.ts";
import { parseScope, type Scope } from "./scope.ts";

/** A role at a scope, as a grant gives it. */
export interface Holding {
  readonly role: Role;
  readonly scope: string;
}

const raise = (ranks: Map<string, number>, id: string, rank: number): void => {
  ranks.set(id, Math.max(rank, ranks.get(id) ?? 0));
};

/** The roles of one principal, laid out so that "what may he there?" is a few look-ups. */
export class Holdings {
  /** Rank on `all`. */
  readonly everywhere: number;
  /** The highest rank at any scope. */
  readonly somewhere: number;
  readonly #things: ReadonlyMap<string, number>;
  readonly #groups: ReadonlyMap<string, number>;
  readonly #definitions: ReadonlyMap<string, number>;

  constructor(grants: Iterable<Holding>) {
    const ranks = {
      all: new Map<string, number>(),
      thing: new Map<string, number>(),
      group: new Map<string, number>(),
      definition: new Map<string, number>(),
    };
    for (const { role, scope } of grants) {
      const where = parseScope(scope);
      if (where !== undefined) raise(ranks[where.name], where.name === "all" ? "" : where.id, rankOf(role));
    }
    this.everywhere = ranks.all.get("") ?? 0;
    this.somewhere = Math.max(0, ...Object.values(ranks).flatMap((of) => [...of.values()]));
    this.#things = ranks.thing;
    this.#groups = ranks.group;
    this.#definitions = ranks.definition;
  }

  /** The highest rank that covers a target. A group covers itself and all that is in it. */
  at({ thing, definition }: Target, places: Places): number {
    let rank = this.everywhere;
    if (this.#definitions.size > 0) {
      const follows = definition ?? (thing === undefined ? undefined : places.definitionOf(thing));
      if (follows !== undefined) rank = Math.max(rank, this.#definitions.get(follows) ?? 0);
    }
    if (thing === undefined) return rank;
    return Math.max(rank, this.#things.get(thing) ?? 0, this.#inGroup(thing, rank, places));
  }

  /**
   * The highest rank at a scope that covers the whole of another scope: `all` covers everything; a group itself, its members and groups in it; a definition
   * itself and things of it. A thing covers itself only, even where it is a group.
   */
  over(scope: Scope, places: Places): number {
    switch (scope.name) {
      case "all":
        return this.everywhere;
      case "group":
        return this.#inGroup(scope.id, this.everywhere, places);
      case "definition":
        return this.at({ definition: scope.id }, places);
      case "thing":
        return this.at({ thing: scope.id }, places);
    }
  }

  /** The highest rank on a group that is `thing` or above it, `least` if none is higher. */
  #inGroup(thing: string, least: number, places: Places): number {
    let rank = least;
    for (const [group, held] of this.#groups) {
      if (held > rank && (group === thing || places.isWithin(thing, group))) rank = held;
    }
    return rank;
  }
}
