import { isId } from "../../../shared/base/id.ts";
import type { JsonValue } from "../../../shared/base/json.ts";
import { CommandUsage } from "./cli-errors.ts";

/** A thing, or one of its features, as the command line names it. */
export interface PointAddress {
  readonly thing: string;
  readonly feature: string | undefined;
}

/** Reads `thing` or `thing/feature`. @throws {CommandUsage} */
export function parseAddress(text: string): PointAddress {
  const [thing = "", feature, ...more] = text.split("/");
  if (!isId(thing) || (feature !== undefined && !isId(feature)) || more.length > 0)
    throw new CommandUsage(`"${text}" names nothing; expected THING or THING/FEATURE, as in pump-station/level`);
  return { thing, feature };
}

/** Reads `thing/feature`. @throws {CommandUsage} */
export function parsePoint(text: string): { readonly thing: string; readonly feature: string } {
  const { thing, feature } = parseAddress(text);
  if (feature === undefined) throw new CommandUsage(`"${text}" is a thing; expected THING/FEATURE, as in ${thing}/level`);
  return { thing, feature };
}

/** A value as typed: JSON where it is JSON, else a text, so that both `true` and `manual` are what they look like. */
export function parseValue(text: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The path of a feature, or of a thing, in the API. */
export function pathOf({ thing, feature }: PointAddress): string {
  const base = `/api/v1/things/${encodeURIComponent(thing)}`;
  return feature === undefined ? base : `${base}/features/${encodeURIComponent(feature)}`;
}
