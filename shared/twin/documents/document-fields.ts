import { isId } from "../../base/id.ts";

/** Ids of definitions carry a kind, a name and a version, as in `blueprint:pump@2`; names of relations are ids. */
export const definitionIdPattern = "^[a-z]+:[A-Za-z0-9][A-Za-z0-9._-]{0,63}@[0-9]{1,6}$";
/** Labels: `site`, `line`, …; values are texts of at most 128 characters. */
export const labelPattern = "^[A-Za-z][A-Za-z0-9._-]{0,63}$";

/** The parts of an id that is made of several, which cannot hold `/` themselves. */
export const joinIds = (...parts: readonly string[]): string => parts.join("/");

/** Splits a joined id; `undefined` where it is not `count` ids. */
export function splitIds(id: string, count: number): readonly string[] | undefined {
  const parts = id.split("/");
  return parts.length === count && parts.every(isId) ? parts : undefined;
}
