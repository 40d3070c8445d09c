import { isJsonObject, type JsonObject, type JsonValue } from "../base/json.ts";
import { TwinPathInvalid } from "./twin-errors.ts";

/** Names on the way into a document, outermost first. `a/b/c`; the empty path is the document. @throws {TwinPathInvalid} */
export function parseTwinPath(path: string): readonly string[] {
  if (path === "") return [];
  const names = path.split("/");
  if (names.includes("")) throw new TwinPathInvalid(path);
  return names;
}

/** The value at a path, or `undefined` where there is none. Arrays are values: a path does not lead into them. @throws {TwinPathInvalid} */
export function valueAt(document: JsonValue | undefined, path: string): JsonValue | undefined {
  let value = document;
  for (const name of parseTwinPath(path)) {
    if (!isJsonObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/**
 * The merge patch that sets the value at a path, and removes it where `value` is null. Objects on the way are made; an object as value merges.
 * @throws {TwinPathInvalid} also for the empty path with a value that is no object, since a document is one
 * @see RFC 7396 §2
 */
export function patchAt(path: string, value: JsonValue): JsonObject {
  let patch = value;
  for (const name of [...parseTwinPath(path)].reverse()) patch = Object.fromEntries([[name, patch]]);
  if (!isJsonObject(patch)) throw new TwinPathInvalid(path);
  return patch;
}
