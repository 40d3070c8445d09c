import type { CelFunc } from "@bufbuild/cel";

const operators: readonly (readonly [name: string, of: (a: number, b: number) => number])[] = [
  ["_+_", (a, b) => a + b],
  ["_-_", (a, b) => a - b],
  ["_*_", (a, b) => a * b],
  ["_/_", (a, b) => a / b],
  ["_%_", (a, b) => a % b],
];

/** Arithmetic between numbers of documents, which are doubles as all numbers of JSON, and whole literals, which are not: CEL leaves that out. */
export function mixedArithmetic({ celFunc, CelScalar }: Pick<typeof import("@bufbuild/cel"), "celFunc" | "CelScalar">): readonly CelFunc[] {
  const { DOUBLE, INT } = CelScalar;
  return [
    ...operators.flatMap(([name, of]) => [
      celFunc(name, [DOUBLE, INT], DOUBLE, (a, b) => of(a, Number(b))),
      celFunc(name, [INT, DOUBLE], DOUBLE, (a, b) => of(Number(a), b)),
    ]),
    celFunc("_%_", [DOUBLE, DOUBLE], DOUBLE, (a, b) => a % b),
  ];
}
