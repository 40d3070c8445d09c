import { createRequire } from "node:module";
import { FilterInvalid } from "../../../shared/twin/documents/document-errors.ts";
import { checkCel } from "./check-cel.ts";
import { mixedArithmetic } from "./mixed-arithmetic.ts";

/** True for the documents that are meant. What a document lacks makes a comparison false, not an error. */
export type CelPredicate = (document: object) => boolean;

/** What an expression is compiled for. */
export interface CelUse {
  /** How messages call it, as in `filter`. */
  readonly what: string;
  /** Names that it may begin with; without it any. */
  readonly fields?: readonly string[];
}

/** Characters of one expression. */
export const longestCel = 1024;
/** Expressions that are kept compiled. */
const mostKept = 256;

type Loaded = ReturnType<typeof load>;

function load() {
  const cel: typeof import("@bufbuild/cel") = createRequire(import.meta.url)("@bufbuild/cel");
  return { ...cel, environment: cel.celEnv({ funcs: [...mixedArithmetic(cel)] }) };
}

/** Compiles expressions of CEL. The evaluator is loaded with the first: it takes some 20 MB. */
export class CelEngine {
  #loaded: Loaded | undefined;
  /** Least recently used first. */
  readonly #kept = new Map<string, CelPredicate>();

  /**
   * @throws {FilterInvalid} with the place where it cannot be understood, a name that is no field, or more than an expression may have. The predicate
   * throws it, too, where the expression gives something other than true or false.
   * @see Common Expression Language, language definition
   */
  compile(expression: string, { what, fields }: CelUse): CelPredicate {
    if (expression.length > longestCel) throw new FilterInvalid(what, `${expression.length} characters, at most ${longestCel} are taken`);
    const key = `${what}\n${fields?.join() ?? ""}\n${expression}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept;
    }
    this.#loaded ??= load();
    const predicate = compileWith(this.#loaded, expression, what, fields);
    this.#kept.set(key, predicate);
    for (const [oldest] of this.#kept) {
      if (this.#kept.size <= mostKept) break;
      this.#kept.delete(oldest);
    }
    return predicate;
  }
}

function compileWith(cel: Loaded, expression: string, what: string, fields: readonly string[] | undefined): CelPredicate {
  const evaluate = planned(cel, expression, what, fields);
  return (document) => {
    const result = evaluate(Object.fromEntries(Object.entries(document)));
    if (typeof result === "boolean") return result;
    if (cel.isCelError(result)) return false;
    throw new FilterInvalid(
      what,
      `${expression} gives ${typeof result === "object" ? "no truth value" : `a ${typeof result}`}, not true or false`,
    );
  };
}

function planned(cel: Loaded, expression: string, what: string, fields: readonly string[] | undefined) {
  let parsed: ReturnType<Loaded["parse"]>;
  try {
    parsed = cel.parse(expression);
  } catch (error) {
    throw new FilterInvalid(what, whyNot(error, expression));
  }
  checkCel(parsed.expr, what, fields);
  try {
    return cel.plan(cel.environment, parsed);
  } catch (error) {
    throw new FilterInvalid(what, error instanceof Error ? error.message : "it cannot be planned");
  }
}

/** The parser's message lists every token there is; people want the place. */
function whyNot(error: unknown, expression: string): string {
  if (error instanceof RangeError) return "it is nested too deeply";
  const offset = offsetOf(error);
  if (offset === undefined) return error instanceof Error ? error.message : "it cannot be read";
  const found = expression.slice(offset, offset + 12);
  return found === "" ? `it ends too early, at character ${offset + 1}` : `cannot be read from character ${offset + 1} on: ${found}`;
}

function offsetOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("location" in error)) return undefined;
  const { location } = error;
  if (typeof location !== "object" || location === null || !("start" in location)) return undefined;
  const { start } = location;
  if (typeof start !== "object" || start === null || !("offset" in start)) return undefined;
  return typeof start.offset === "number" ? start.offset : undefined;
}
