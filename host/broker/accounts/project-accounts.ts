import type { AccountsFile } from "../../../shared/broker/accounts-file.ts";
import type { Access, Actor } from "../../../shared/twin/access/access-ports.ts";
import type { GrantDocument, KeyDocument, UserDocument } from "../../../shared/twin/documents/principal-document.ts";
import { type Rules, rulesOfBoard, rulesOfEnrolment, rulesOfGateway, rulesOfRole } from "./account-rules.ts";
import { accountOfBoard } from "./board-credentials.ts";

/** Everybody who may use the broker of the gateway, as it is kept. */
export interface Principals {
  readonly users: Iterable<UserDocument>;
  readonly keys: Iterable<KeyDocument>;
  readonly grants: Iterable<GrantDocument>;
  /** Ids of all things: asked only for whom a grant on a group or a definition has. */
  readonly things: () => Iterable<string>;
  /** Boards that are taken in and their password hashes. */
  readonly boards: Iterable<{ readonly board: string; readonly hash: string }>;
  /** The gateway's own account, and that of boards that have none yet, where there is one. */
  readonly own: readonly { readonly name: string; readonly hash: string; readonly for: "gateway" | "enrolment" }[];
  readonly access: Access;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What became of them. */
export interface Projection {
  readonly file: AccountsFile;
  /** Principals that have no account though they could log in elsewhere, and why. */
  readonly left: readonly { readonly principal: string; readonly why: string }[];
  /** Principals whose rights do not fit: they have those of some of their things. */
  readonly cut: readonly string[];
  /** When somebody's time is up next. */
  readonly expires: number | undefined;
}

type Account = AccountsFile["accounts"][number];

const passwordForm = /^\$argon2id\$v=19\$m=\d{4,6},/;
/** What the broker's own clients are called. */
const reserved: ReadonlySet<string> = new Set(["board", "anonymous"]);
const longestName = 64;
/** Things that one account names, so that its filters stay within the bound of the file. */
const mostThings = 60;
const mostAccounts = 20_000;

/** Who may log in to the broker, and for what: the same people, keys and boards as everywhere, with the rights that they have everywhere. */
export function projectAccounts(principals: Principals): Projection {
  const accounts = new Map<string, Account>();
  const left: { principal: string; why: string }[] = [];
  const cut: string[] = [];
  const add = (principal: string, name: string, password: string | undefined, rules: Rules): void => {
    const why = problemOf(name, password, rules, accounts);
    if (why !== undefined) left.push({ principal, why });
    else if (password !== undefined) accounts.set(name, { name, password, publish: [...rules.publish], subscribe: [...rules.subscribe] });
  };
  for (const { name, hash, for: use } of principals.own) add(name, name, hash, use === "gateway" ? rulesOfGateway : rulesOfEnrolment);
  for (const { board, hash } of principals.boards) add(`board:${board}`, accountOfBoard(board), hash, rulesOfBoard(board));
  const scopes = scopesOf(principals.grants);
  const { now, access, things } = principals;
  let expires = Number.POSITIVE_INFINITY;
  const rulesOf = (id: string, type: "user" | "key"): Rules => {
    const { rules, isCut } = rulesOfPrincipal({ id, type, via: "mqtt" }, scopes.get(id) ?? [], access, things);
    if (isCut) cut.push(id);
    return rules;
  };
  for (const { id, enabled, passwordHash, mustChangePassword } of principals.users)
    if (enabled && passwordHash !== undefined && mustChangePassword !== true)
      add(`user:${id}`, id, passwordHash, rulesOf(`user:${id}`, "user"));
  for (const { id, passwordHash, expiresAt } of principals.keys) {
    if (passwordHash === undefined || (expiresAt !== undefined && expiresAt <= now)) continue;
    expires = Math.min(expires, expiresAt ?? expires);
    add(`key:${id}`, `key:${id}`, passwordHash, rulesOf(`key:${id}`, "key"));
  }
  return { file: { accounts: [...accounts.values()] }, left, cut, expires: Number.isFinite(expires) ? expires : undefined };
}

function problemOf(name: string, password: string | undefined, rules: Rules, accounts: ReadonlyMap<string, Account>): string | undefined {
  if (rules.publish.length + rules.subscribe.length === 0) return "no grant lets it see anything";
  if (name.length > longestName) return `the name is longer than ${longestName} characters`;
  if (reserved.has(name)) return "the broker uses this name itself";
  if (accounts.has(name)) return "another account has this name";
  if (accounts.size >= mostAccounts) return `there are ${mostAccounts} accounts already`;
  return password !== undefined && passwordForm.test(password) ? undefined : "the password has no hash that the broker can check";
}

function scopesOf(grants: Iterable<GrantDocument>): ReadonlyMap<string, readonly string[]> {
  const scopes = new Map<string, string[]>();
  for (const { principal, scope } of grants) {
    const of = scopes.get(principal);
    if (of === undefined) scopes.set(principal, [scope]);
    else of.push(scope);
  }
  return scopes;
}

function rulesOfPrincipal(
  actor: Actor,
  scopes: readonly string[],
  access: Access,
  things: () => Iterable<string>,
): { readonly rules: Rules; readonly isCut: boolean } {
  const publish: string[] = [];
  const subscribe: string[] = [];
  let isCut = false;
  let count = 0;
  const give = (thing: string, mayAct: boolean): void => {
    const rules = rulesOfRole(mayAct ? "operator" : "viewer", thing);
    publish.push(...rules.publish);
    subscribe.push(...rules.subscribe);
  };
  const seesAll = access.everywhere(actor, "feature.reported:read");
  const actsOnAll = access.everywhere(actor, "feature.desired:update");
  if (seesAll) give("+", actsOnAll);
  const isWide = scopes.some((scope) => scope.startsWith("group:") || scope.startsWith("definition:"));
  const named = scopes.flatMap((scope) => (scope.startsWith("thing:") ? [scope.slice("thing:".length)] : []));
  if (scopes.length > 0 && !actsOnAll)
    for (const thing of isWide ? things() : new Set(named)) {
      const sees = access.allows(actor, "feature.reported:read", { thing });
      const acts = sees && access.allows(actor, "feature.desired:update", { thing });
      if (!(seesAll ? acts : sees)) continue;
      if (++count > mostThings) {
        isCut = true;
        break;
      }
      give(thing, acts);
    }
  return { rules: { publish, subscribe }, isCut };
}
