import type { GroupMembers } from "./group-members.ts";

const none: ReadonlySet<string> = new Set();
/** So many steps upward are remembered; what is above is found again when asked. */
const mostRemembered = 200_000;

/** Membership by relations and by selectors. What is above a group is found once and kept until an edge changes. */
export class MembershipGraph implements GroupMembers {
  /** Child ► parents, by relations. */
  readonly #related = new Map<string, readonly string[]>();
  /** Thing ► groups whose selectors pick it. */
  readonly #selected = new Map<string, readonly string[]>();
  /** Group ► itself and all above it. */
  readonly #upward = new Map<string, ReadonlySet<string>>();
  #remembered = 0;

  relate(child: string, parent: string): void {
    const parents = this.#related.get(child) ?? [];
    if (parents.includes(parent)) return;
    this.#related.set(child, [...parents, parent]);
    this.#forget();
  }

  unrelate(child: string, parent: string): void {
    const parents = this.#related.get(child);
    if (parents === undefined) return;
    const left = parents.filter((one) => one !== parent);
    if (left.length === 0) this.#related.delete(child);
    else this.#related.set(child, left);
    this.#forget();
  }

  /** Replaces the groups whose selectors pick a thing. */
  select(thing: string, groups: readonly string[]): void {
    const before = this.#selected.get(thing) ?? [];
    if (before.length === groups.length && before.every((group, at) => group === groups[at])) return;
    if (groups.length === 0) this.#selected.delete(thing);
    else this.#selected.set(thing, groups);
    this.#forget();
  }

  /** Takes a group out of all that its selector picked. */
  unselect(group: string): void {
    for (const [thing, groups] of this.#selected) {
      if (groups.includes(group)) {
        this.select(
          thing,
          groups.filter((one) => one !== group),
        );
      }
    }
  }

  selectedBy(thing: string): readonly string[] {
    return this.#selected.get(thing) ?? [];
  }

  isWithin(thing: string, group: string): boolean {
    for (const parent of this.#related.get(thing) ?? []) if (this.#above(parent).has(group)) return true;
    for (const parent of this.#selected.get(thing) ?? []) if (this.#above(parent).has(group)) return true;
    return false;
  }

  groupsOf(thing: string): ReadonlySet<string> {
    const parents = [...(this.#related.get(thing) ?? []), ...(this.#selected.get(thing) ?? [])];
    const [only] = parents;
    if (only === undefined) return none;
    if (parents.length === 1) return this.#above(only);
    return new Set(parents.flatMap((parent) => [...this.#above(parent)]));
  }

  #above(group: string): ReadonlySet<string> {
    const known = this.#upward.get(group);
    if (known !== undefined) return known;
    const found = new Set([group]);
    // A set that grows while it is walked gives the added ones, too; circles end because nothing is in it twice.
    for (const one of found) {
      for (const parent of this.#related.get(one) ?? []) found.add(parent);
      for (const parent of this.#selected.get(one) ?? []) found.add(parent);
    }
    if (this.#remembered + found.size > mostRemembered) this.#forget();
    this.#upward.set(group, found);
    this.#remembered += found.size;
    return found;
  }

  #forget(): void {
    this.#upward.clear();
    this.#remembered = 0;
  }
}
