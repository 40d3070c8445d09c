import { isRecord } from "./same-value.ts";

/** A setting by its place: steps joined by `/`. */
export type FlatSettings = ReadonlyMap<string, unknown>;

/** The leaves of nested settings; lists are leaves. */
export function flattenSettings(settings: unknown, prefix = ""): FlatSettings {
  const leaves = new Map<string, unknown>();
  if (!isRecord(settings)) return leaves;
  for (const [key, value] of Object.entries(settings)) {
    const path = prefix === "" ? key : `${prefix}/${key}`;
    const inner = flattenSettings(value, path);
    if (isRecord(value) && inner.size > 0) for (const [place, leaf] of inner) leaves.set(place, leaf);
    else leaves.set(path, value);
  }
  return leaves;
}

/** One setting as a nested document, for a merge patch. RFC 7396. */
export function nestSetting(path: string, value: unknown): Readonly<Record<string, unknown>> {
  const [key = "", ...rest] = path.split("/");
  return { [key]: rest.length === 0 ? value : nestSetting(rest.join("/"), value) };
}

/** Reads what was typed for a setting, by the sort of value that it has now. */
export function readSetting(text: string, like: unknown): { readonly value: unknown } | { readonly wrong: string } {
  const typed = text.trim();
  if (typeof like === "number") {
    const value = Number(typed.replace(",", "."));
    return typed === "" || !Number.isFinite(value) ? { wrong: `"${typed}" is not a number` } : { value };
  }
  if (typeof like === "boolean") {
    if (typed === "on" || typed === "true") return { value: true };
    return typed === "off" || typed === "false" ? { value: false } : { wrong: "write on or off" };
  }
  if (typeof like === "string") return { value: text };
  try {
    const value: unknown = JSON.parse(typed);
    return { value };
  } catch {
    return { wrong: "this is not JSON" };
  }
}
