import { filterCovers, isReserved } from "./topic-filter.ts";

/** What somebody may do: all that no filter allows is refused. `%u` stands for the account's name and `%c` for the client id. */
export interface AccessRules {
  /** Filters of the topics that may be published to. */
  readonly publish: readonly string[];
  /** Filters that may be subscribed to; a narrower filter is covered by a wider one. */
  readonly subscribe: readonly string[];
}

/** Who asks: what the placeholders stand for. */
export interface Identity {
  readonly user: string;
  readonly client: string;
}

/** True when a name cannot be put in the place of one topic level: it would widen or deepen the pattern. */
export function breaksPatterns(name: string): boolean {
  return name === "" || /[+#/\0]/.test(name);
}

/** True when the rules use a placeholder. */
export function usesPlaceholder(rules: AccessRules, placeholder: "%u" | "%c"): boolean {
  return rules.publish.some((filter) => filter.includes(placeholder)) || rules.subscribe.some((filter) => filter.includes(placeholder));
}

/** The rules with the placeholders filled in; a filter whose placeholder cannot be filled safely is left out. */
export function bindRules(rules: AccessRules, identity: Identity): AccessRules {
  const bind = (filters: readonly string[]): string[] =>
    filters
      .filter((filter) => !(filter.includes("%u") && breaksPatterns(identity.user)))
      .filter((filter) => !(filter.includes("%c") && breaksPatterns(identity.client)))
      .map((filter) => filter.replace(/%[uc]/g, (name) => (name === "%u" ? identity.user : identity.client)));
  return { publish: bind(rules.publish), subscribe: bind(rules.subscribe) };
}

/** The union of several sets of rules. */
export function joinRules(all: readonly AccessRules[]): AccessRules {
  return { publish: all.flatMap((rules) => rules.publish), subscribe: all.flatMap((rules) => rules.subscribe) };
}

/** True when bound rules allow publishing to a topic. Topics of the broker itself (`$…`) are closed to everybody. */
export function mayPublish(rules: AccessRules, topic: string): boolean {
  return !isReserved(topic) && rules.publish.some((filter) => filterCovers(filter, topic));
}

/** True when bound rules allow a subscription: one allowed filter covers all of it. Of `$…`, only `$SYS` can be allowed. */
export function maySubscribe(rules: AccessRules, filter: string): boolean {
  if (isReserved(filter) && filter !== "$SYS" && !filter.startsWith("$SYS/")) return false;
  return rules.subscribe.some((allowed) => filterCovers(allowed, filter));
}
