import { isJsonObject, type JsonObject } from "../../../shared/base/json.ts";

/** Documents and intents are JSON, whatever their types say of parts that are not looked into. */
export function asJson(value: object): JsonObject {
  return isJsonObject(value) ? value : {};
}
