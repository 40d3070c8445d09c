import type { parse } from "@bufbuild/cel";
import { nearestName } from "../../../shared/base/nearest-name.ts";
import { FilterInvalid } from "../../../shared/twin/documents/document-errors.ts";

type Expr = ReturnType<typeof parse>["expr"];

/** Parts of one expression, and how deep they may lie in one another. */
const mostParts = 512;
const mostDepth = 32;
/** Names of types are no fields. */
const types: ReadonlySet<string> = new Set(["int", "uint", "double", "bool", "string", "bytes", "list", "map", "null_type", "type"]);

interface Walk {
  readonly what: string;
  readonly fields: ReadonlySet<string> | undefined;
  parts: number;
}

/**
 * Keeps an expression within bounds: parts, depth, no loop within the body of a loop, so that its cost is at most its parts times what a document holds.
 * @param fields names that it may begin with @throws {FilterInvalid}
 */
export function checkCel(expression: Expr, what: string, fields: readonly string[] | undefined): void {
  visit({ what, fields: fields === undefined ? undefined : new Set(fields), parts: 0 }, expression, { depth: 0, names: [], looped: false });
}

interface Place {
  readonly depth: number;
  /** Variables of loops around it. */
  readonly names: readonly string[];
  /** In the body of a loop. */
  readonly looped: boolean;
}

function visit(walk: Walk, expression: Expr | undefined, place: Place): void {
  if (expression === undefined) return;
  walk.parts++;
  if (walk.parts > mostParts) throw new FilterInvalid(walk.what, `it has more than ${mostParts} parts`);
  if (place.depth > mostDepth) throw new FilterInvalid(walk.what, `it is nested more than ${mostDepth} deep`);
  const inner: Place = { ...place, depth: place.depth + 1 };
  const { exprKind } = expression;
  switch (exprKind.case) {
    case "identExpr":
      checkName(walk, exprKind.value.name, place);
      return;
    case "selectExpr":
      visit(walk, exprKind.value.operand, inner);
      return;
    case "callExpr":
      visit(walk, exprKind.value.target, inner);
      for (const argument of exprKind.value.args) visit(walk, argument, inner);
      return;
    case "listExpr":
      for (const element of exprKind.value.elements) visit(walk, element, inner);
      return;
    case "structExpr":
      for (const { keyKind, value } of exprKind.value.entries) {
        if (keyKind.case === "mapKey") visit(walk, keyKind.value, inner);
        visit(walk, value, inner);
      }
      return;
    case "comprehensionExpr": {
      if (place.looped) throw new FilterInvalid(walk.what, "it has a loop within a loop");
      const { iterRange, accuInit, iterVar, iterVar2, accuVar, loopCondition, loopStep, result } = exprKind.value;
      visit(walk, iterRange, inner);
      visit(walk, accuInit, inner);
      const body: Place = { depth: inner.depth, names: [...place.names, iterVar, iterVar2, accuVar], looped: true };
      visit(walk, loopCondition, body);
      visit(walk, loopStep, body);
      visit(walk, result, { ...body, looped: place.looped });
      return;
    }
    default:
      return;
  }
}

function checkName({ what, fields }: Walk, given: string, { names }: Place): void {
  const name = given.startsWith(".") ? given.slice(1) : given;
  if (fields === undefined || fields.has(name) || names.includes(given) || types.has(name)) return;
  const near = nearestName(name, fields);
  throw new FilterInvalid(
    what,
    `there is no field ${name}${near === undefined ? `: fields are ${[...fields].join(", ")}` : `; did you mean ${near}?`}`,
  );
}
