import { Holdings } from "../../../shared/twin/access/holdings.ts";
import { type GrantDocument, type KeyDocument, Role, type UserDocument } from "../../../shared/twin/documents/principal-document.ts";
import type { GatewayStore } from "../../../shared/twin/store-ports.ts";
import { followDocuments } from "./follow-documents.ts";

const nothing = new Holdings([]);

/** Users, keys and grants as they were committed last, in memory. */
export class PrincipalBook {
  readonly #users = new Map<string, UserDocument>();
  readonly #keys = new Map<string, KeyDocument>();
  readonly #grants = new Map<string, GrantDocument>();
  readonly #byPrincipal = new Map<string, Map<string, GrantDocument>>();
  /** What principals may, made when it is asked for. */
  readonly #powers = new Map<string, Holdings>();
  /** Key ► principal of its owner. */
  readonly #owners = new Map<string, string>();
  #ends: readonly (() => void)[] = [];

  private constructor() {}

  static async open({ store }: { readonly store: Pick<GatewayStore, "list" | "onCommit"> }): Promise<PrincipalBook> {
    const book = new PrincipalBook();
    const users = {
      put: (user: UserDocument) => {
        book.#users.set(user.id, user);
        book.#powers.delete(`user:${user.id}`);
      },
      remove: (id: string) => {
        book.#users.delete(id);
        book.#powers.delete(`user:${id}`);
      },
    };
    const keys = {
      put: (key: KeyDocument) => {
        book.#keys.set(key.id, key);
        book.#owners.set(`key:${key.id}`, `user:${key.owner}`);
        book.#powers.delete(`key:${key.id}`);
      },
      remove: (id: string) => {
        book.#keys.delete(id);
        book.#owners.delete(`key:${id}`);
        book.#powers.delete(`key:${id}`);
      },
    };
    const grants = { put: (grant: GrantDocument) => book.#take(grant), remove: (id: string) => book.#drop(id) };
    book.#ends = [
      await followDocuments(store, "user", users),
      await followDocuments(store, "key", keys),
      await followDocuments(store, "grant", grants),
    ];
    return book;
  }

  get users(): ReadonlyMap<string, UserDocument> {
    return this.#users;
  }

  get keys(): ReadonlyMap<string, KeyDocument> {
    return this.#keys;
  }

  get grants(): ReadonlyMap<string, GrantDocument> {
    return this.#grants;
  }

  /** @param principal `user:<id>` or `key:<id>` */
  grantsOf(principal: string): readonly GrantDocument[] {
    return [...(this.#byPrincipal.get(principal)?.values() ?? [])];
  }

  /** The roles that a principal has now: none for a user or key that is not there and for a disabled user. A key's own, without regard to its owner. */
  powersOf(principal: string): Holdings {
    const known = this.#powers.get(principal);
    if (known !== undefined) return known;
    const grants = this.#byPrincipal.get(principal);
    if (grants === undefined || !this.#isIn(principal)) return nothing;
    const made = new Holdings(grants.values());
    this.#powers.set(principal, made);
    return made;
  }

  /** The principal that a key acts for at most. @param principal `key:<id>` */
  ownerOf(principal: string): string | undefined {
    return this.#owners.get(principal);
  }

  keysOf(owner: string): readonly KeyDocument[] {
    return [...this.#keys.values()].filter((key) => key.owner === owner);
  }

  /** Enabled users with a password and the role admin on all, `without` a user or a grant. */
  admins(without: { readonly user?: string; readonly grant?: string } = {}): ReadonlySet<string> {
    const found = new Set<string>();
    for (const { id, principal, role, scope } of this.#grants.values()) {
      if (role !== Role.admin || scope !== "all" || id === without.grant || !principal.startsWith("user:")) continue;
      const user = this.#users.get(principal.slice("user:".length));
      if (user?.enabled === true && user.passwordHash !== undefined && user.id !== without.user) found.add(user.id);
    }
    return found;
  }

  close(): void {
    for (const end of this.#ends) end();
    this.#ends = [];
  }

  #isIn(principal: string): boolean {
    const id = principal.slice(principal.indexOf(":") + 1);
    return principal.startsWith("user:") ? this.#users.get(id)?.enabled === true : this.#keys.has(id);
  }

  #take(grant: GrantDocument): void {
    this.#drop(grant.id);
    this.#grants.set(grant.id, grant);
    const held = this.#byPrincipal.get(grant.principal) ?? new Map<string, GrantDocument>();
    held.set(grant.id, grant);
    this.#byPrincipal.set(grant.principal, held);
    this.#powers.delete(grant.principal);
  }

  #drop(id: string): void {
    const grant = this.#grants.get(id);
    if (grant === undefined) return;
    this.#grants.delete(id);
    const held = this.#byPrincipal.get(grant.principal);
    held?.delete(id);
    if (held?.size === 0) this.#byPrincipal.delete(grant.principal);
    this.#powers.delete(grant.principal);
  }
}
