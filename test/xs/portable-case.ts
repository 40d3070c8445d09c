import { canonical } from "./canonical.ts";

/** One piece of work of the portable core whose result must be the same in Node and in XS. */
export interface PortableCase {
  readonly name: string;
  readonly run: () => unknown;
}

/** Runs one case: its result, or what it threw, as canonical text. */
export function runCase(cases: readonly PortableCase[], index: number): string {
  const one = cases[index];
  if (one === undefined) return "no such case";
  try {
    return canonical(one.run());
  } catch (error) {
    return `threw ${canonical(error)}`;
  }
}
