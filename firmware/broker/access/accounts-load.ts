import { readFile, stat } from "node:fs/promises";
import { checkSchema } from "../../../shared/base/check-schema.ts";
import type { JsonValue } from "../../../shared/base/json.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { Problem } from "../../../shared/base/problem.ts";
import { type AccessRules, breaksPatterns, joinRules, usesPlaceholder } from "../../../shared/broker/access-rules.ts";
import { AccountsFile, passwordHashPattern } from "../../../shared/broker/accounts-file.ts";
import { isTopicFilter } from "../../../shared/broker/topic-filter.ts";
import { AccountsRefused } from "../broker-errors.ts";

/** One account, its roles resolved. */
export interface Account {
  readonly name: string;
  readonly password: string;
  readonly rules: AccessRules;
}

const words = {
  [passwordHashPattern]: "an argon2id hash, as made by hash-password",
  "^[^\\s\\u0000-\\u001f]+$": "a name without spaces",
};
/** Principals that are no accounts. */
const reserved: readonly string[] = ["board", "anonymous"];
/** Checking one password may not take more than this, KiB. */
const mostMemory = 131_072;

const isAccountsFile = (_value: JsonValue, problems: readonly Problem[]): _value is JsonValue & AccountsFile => problems.length === 0;

function parse(text: string): JsonValue {
  const value: JsonValue = JSON.parse(text);
  return value;
}

function ruleProblems(rules: { readonly publish?: readonly string[]; readonly subscribe?: readonly string[] }, path: string): Problem[] {
  return (["publish", "subscribe"] as const).flatMap((kind) =>
    (rules[kind] ?? []).flatMap((filter, index) =>
      isTopicFilter(filter)
        ? []
        : [{ path: `${path}/${kind}/${index}`, message: `"${filter}" is not allowed`, expected: "an MQTT topic filter" }],
    ),
  );
}

const rulesOf = (rules: { readonly publish?: readonly string[]; readonly subscribe?: readonly string[] }): AccessRules => ({
  publish: rules.publish ?? [],
  subscribe: rules.subscribe ?? [],
});

/** Reads what the schema cannot say: roles that exist, filters that are filters, names that are safe in patterns, names used once. */
function resolve(file: AccountsFile): { readonly accounts: Map<string, Account>; readonly problems: Problem[] } {
  const problems: Problem[] = [];
  const accounts = new Map<string, Account>();
  const roles = new Map(Object.entries(file.roles ?? {}).map(([name, role]) => [name, rulesOf(role)]));
  for (const [name, role] of Object.entries(file.roles ?? {})) problems.push(...ruleProblems(role, `/roles/${name}`));
  for (const [index, account] of file.accounts.entries()) {
    const path = `/accounts/${index}`;
    problems.push(...ruleProblems(account, path));
    const parts = [rulesOf(account)];
    for (const [at, name] of (account.roles ?? []).entries()) {
      const role = roles.get(name);
      if (role !== undefined) parts.push(role);
      else
        problems.push({ path: `${path}/roles/${at}`, message: `there is no role "${name}"`, expected: "the name of a role of this file" });
    }
    const rules = joinRules(parts);
    if (usesPlaceholder(rules, "%u") && breaksPatterns(account.name)) {
      problems.push({ path: `${path}/name`, message: `"${account.name}" is not allowed with %u`, expected: "a name without + # and /" });
    }
    if (reserved.includes(account.name)) {
      problems.push({
        path: `${path}/name`,
        message: `"${account.name}" is taken`,
        expected: `another name than ${reserved.join(" and ")}`,
      });
    }
    if (accounts.has(account.name))
      problems.push({ path: `${path}/name`, message: `"${account.name}" is there twice`, expected: "names that differ" });
    const memory = Number(/m=(\d+)/.exec(account.password)?.[1]);
    if (memory > mostMemory)
      problems.push({ path: `${path}/password`, message: `it takes ${memory} KiB to check`, expected: `at most ${mostMemory} KiB` });
    accounts.set(account.name, { name: account.name, password: account.password, rules });
  }
  return { accounts, problems };
}

/** Reads an accounts file whole, or not at all. @throws {AccountsRefused} with every problem found */
export async function loadAccounts(file: string, log: Log): Promise<ReadonlyMap<string, Account>> {
  let value: JsonValue;
  try {
    value = parse(await readFile(file, "utf8"));
    const { mode } = await stat(file);
    if ((mode & 0o077) !== 0) log.warn({ file, mode: (mode & 0o777).toString(8) }, "the accounts file can be read by others; chmod 600 it");
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new AccountsRefused(file, [{ path: "", message, expected: "a JSON file of accounts" }], error);
  }
  const problems = checkSchema(AccountsFile, value, words);
  if (!isAccountsFile(value, problems)) throw new AccountsRefused(file, problems);
  const resolved = resolve(value);
  if (resolved.problems.length > 0) throw new AccountsRefused(file, resolved.problems);
  return resolved.accounts;
}
