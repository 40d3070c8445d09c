import type { Target } from "./access-ports.ts";

/** Where a grant holds. */
export type Scope = { readonly name: "all" } | { readonly name: "thing" | "group" | "definition"; readonly id: string };

/** Reads what {@link scopePattern} lets through; `undefined` for any other text. */
export function parseScope(text: string): Scope | undefined {
  if (text === "all") return { name: "all" };
  const colon = text.indexOf(":");
  const name = text.slice(0, colon);
  const id = text.slice(colon + 1);
  if (colon < 0 || id === "") return undefined;
  return name === "thing" || name === "group" || name === "definition" ? { name, id } : undefined;
}

/** What a scope is about, as a target: a group is a thing, too. Nothing for `all`, which only a grant on `all` covers. */
export function targetOfScope(scope: Scope): Target {
  if (scope.name === "all") return {};
  return scope.name === "definition" ? { definition: scope.id } : { thing: scope.id };
}
