import type { JsonObject, JsonValue } from "../../base/json.ts";
import type { Problem } from "../../base/problem.ts";
import type { FeatureOfThing, FeatureTraits } from "../documents/feature-of-thing-document.ts";
import { checkBounds } from "./check-attribute.ts";
import { NotWritable } from "./resource-errors.ts";

/** The feature of a thing that carries how its board is to sample it. */
export const settingsFeature = "settings";

const articles = {
  number: "a number",
  boolean: "true or false",
  text: "a text",
  list: "a list of numbers, texts and truth values",
  object: "an object",
} as const;

type Type = NonNullable<FeatureTraits["type"]>;

const isScalar = (value: JsonValue): boolean => typeof value === "boolean" || typeof value === "string" || isNumber(value);
const isNumber = (value: JsonValue): value is number => typeof value === "number" && Number.isFinite(value);

function isOf(type: Type, value: JsonValue): boolean {
  switch (type) {
    case "number":
      return isNumber(value);
    case "boolean":
      return typeof value === "boolean";
    case "text":
      return typeof value === "string";
    case "list":
      return Array.isArray(value) && value.length <= 1024 && value.every(isScalar);
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
  }
}

/** A value that is to be written, against what the board says of its point. @param path for messages */
export function* checkWritten(path: string, value: JsonValue, { type, minimum, maximum, values }: FeatureTraits): Generator<Problem> {
  const shown = JSON.stringify(value).slice(0, 80);
  if (type === undefined ? !isScalar(value) && !isOf("list", value) : !isOf(type, value))
    yield { path, message: `${shown} is not allowed`, expected: articles[type ?? "number"] };
  else if (values !== undefined && !values.some((one) => one === value))
    yield { path, message: `${shown} is not allowed`, expected: `one of ${values.join(", ")}` };
  else if (typeof value === "number") yield* checkBounds(path, value, minimum, maximum);
}

/**
 * What is wrong with an intent for a feature that a board reports. It is `{value: …}`; for settings and other objects the object itself does as well.
 * @throws {NotWritable} the board writes nothing there
 */
export function* checkDesired(feature: Pick<FeatureOfThing, "thing" | "id" | "traits">, desired: JsonObject): Generator<Problem> {
  const { traits, id, thing } = feature;
  if (traits.writable !== true) throw new NotWritable(thing, id);
  const { value, ...others } = desired;
  if (value === undefined) {
    if (traits.type === "object") yield* id === settingsFeature ? checkSettings(desired) : [];
    else yield { path: "/desired/value", message: "missing", expected: articles[traits.type ?? "number"] };
    return;
  }
  for (const name of Object.keys(others)) yield { path: `/desired/${name}`, message: "unknown property", expected: "value alone" };
  yield* checkWritten("/desired/value", value, traits);
}

function* checkSettings({ enabled, period }: JsonObject): Generator<Problem> {
  if (enabled !== undefined && typeof enabled !== "boolean")
    yield { path: "/desired/enabled", message: `${JSON.stringify(enabled)} is not allowed`, expected: articles.boolean };
  if (period !== undefined && !(typeof period === "number" && Number.isInteger(period) && period >= 1))
    yield {
      path: "/desired/period",
      message: `${JSON.stringify(period)} is not allowed`,
      expected: "milliseconds, a whole number of at least 1",
    };
}
