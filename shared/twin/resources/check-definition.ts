import type { Problem } from "../../base/problem.ts";
import type { AttributeSpec, DefinitionIntent } from "../documents/definition-document.ts";
import { fitsType } from "./check-attribute.ts";

type Listed = readonly (string | number | boolean)[] | undefined;

/** What the schema of a definition cannot say. */
export function* checkDefinition({ attributes }: Pick<DefinitionIntent, "attributes">): Generator<Problem> {
  const places = new Set<string>();
  for (const [at, attribute] of attributes.entries()) {
    const path = `/attributes/${at}`;
    const place = `${attribute.feature} ${attribute.path ?? "value"}`;
    if (places.has(place)) yield { path, message: `says ${place} once more`, expected: "each feature and path once" };
    places.add(place);
    yield* checkSpec(path, attribute);
  }
}

function* checkSpec(path: string, spec: AttributeSpec): Generator<Problem> {
  if (spec.path?.split("/").includes("") === true)
    yield { path: `${path}/path`, message: JSON.stringify(spec.path), expected: "names joined by single slashes" };
  const isNumeric = spec.type === "number" || spec.type === "integer";
  for (const bound of ["minimum", "maximum", "tolerance"] as const)
    if (spec[bound] !== undefined && !isNumeric)
      yield { path: `${path}/${bound}`, message: `is given for a ${spec.type}`, expected: "a bound of numbers only" };
  if (spec.minimum !== undefined && spec.maximum !== undefined && spec.minimum > spec.maximum)
    yield { path: `${path}/maximum`, message: `${spec.maximum} is below the minimum`, expected: `at least ${spec.minimum}` };
  yield* checkListed(`${path}/desiredValues`, spec, spec.desiredValues);
  yield* checkListed(`${path}/reportedValues`, spec, spec.reportedValues);
  for (const [from, wanted] of Object.entries(spec.transitions ?? {})) {
    yield* checkListed(`${path}/transitions/${from}`, spec, wanted);
    const known = spec.reportedValues?.map(String);
    if (known !== undefined && from !== "unspecified" && !known.includes(from))
      yield { path: `${path}/transitions/${from}`, message: "is no value that may be reported", expected: `one of ${known.join(", ")}` };
    for (const value of wanted)
      if (spec.desiredValues !== undefined && !spec.desiredValues.includes(value))
        yield {
          path: `${path}/transitions/${from}`,
          message: `${String(value)} may not be wanted at all`,
          expected: `one of ${spec.desiredValues.join(", ")}`,
        };
  }
}

function* checkListed(path: string, spec: AttributeSpec, values: Listed): Generator<Problem> {
  for (const value of values ?? [])
    if (!fitsType(spec.type, value))
      yield { path, message: `${JSON.stringify(value)} is no ${spec.type}`, expected: `values of type ${spec.type}` };
}
