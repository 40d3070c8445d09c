import { type DescribedFeature, type DescribedThing, DescribedType } from "./board-description.ts";
import { linkBounds } from "./link-limits.ts";
import type { Description } from "./link-message.ts";
import type { MessageFields } from "./message-fields.ts";

/** Reads a part of what a board has. @throws {LinkMessageInvalid} */
export function descriptionOf(fields: MessageFields): Description {
  const parts = fields.count("parts", linkBounds.descriptionParts);
  const part = fields.count("part", Math.max(0, parts - 1));
  const things = [...fields.maps("things", linkBounds.describedThings)].map(thingOf);
  return { kind: "description", session: fields.hex("session"), hash: fields.hex("hash"), part, parts, things };
}

function thingOf(fields: MessageFields): DescribedThing {
  return {
    id: fields.id("id"),
    ...(fields.has("name") && { name: fields.text("name") }),
    features: [...fields.maps("features", linkBounds.describedFeatures)].map(featureOf),
  };
}

function featureOf(fields: MessageFields): DescribedFeature {
  return {
    id: fields.id("id"),
    type: typeOf(fields),
    writable: fields.flag("writable"),
    ...(fields.has("unit") && { unit: fields.text("unit", 32) }),
    ...(fields.has("minimum") && { minimum: fields.finite("minimum") }),
    ...(fields.has("maximum") && { maximum: fields.finite("maximum") }),
    ...(fields.has("values") && { values: valuesOf(fields) }),
    ...(fields.has("period") && { period: fields.number("period") }),
    ...(fields.has("description") && { description: fields.text("description") }),
  };
}

function typeOf(fields: MessageFields): DescribedType {
  const given = fields.text("type", 16);
  const type = Object.values(DescribedType).find((one) => one === given);
  if (type === undefined) throw fields.bad("type", Object.values(DescribedType).join(", "));
  return type;
}

function valuesOf(fields: MessageFields): readonly (boolean | number | string)[] {
  const values = fields.json("values");
  const expected = `a list of at most ${linkBounds.describedValues} truth values, numbers and texts`;
  if (!Array.isArray(values) || values.length > linkBounds.describedValues) throw fields.bad("values", expected);
  return values.map((value) => {
    if (typeof value !== "boolean" && typeof value !== "number" && typeof value !== "string") throw fields.bad("values", expected);
    return value;
  });
}
