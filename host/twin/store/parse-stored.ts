import { StoredDocumentUnreadable } from "./store-failures.ts";

/** What a stored text says. The caller knows what he wrote there. @throws {StoredDocumentUnreadable} */
export function parseStored<T>(key: string, text: string): T {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new StoredDocumentUnreadable(key, error);
  }
}
