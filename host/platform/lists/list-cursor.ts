import { createHash } from "node:crypto";
import { FilterInvalid } from "../../../shared/twin/documents/document-errors.ts";
import type { Place, SortKey } from "./list-order.ts";

const isKey = (value: unknown): value is SortKey =>
  value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean";

/** Tells lists apart: a cursor of one says nothing in another. */
const signature = (list: string): string => createHash("sha256").update(list).digest("base64url").slice(0, 6);

/** Where a page ended, as text. @param list names the list and its order */
export function encodeCursor(list: string, { id, keys }: Place): string {
  return Buffer.from(JSON.stringify([signature(list), id, ...keys])).toString("base64url");
}

/** @throws {FilterInvalid} it is no cursor of this list */
export function decodeCursor(list: string, text: string): Place {
  const [signed, id, ...keys] = partsOf(text);
  if (signed !== signature(list) || typeof id !== "string" || !keys.every(isKey))
    throw new FilterInvalid("cursor", "it is none of this list in this order; begin again without it");
  return { id, keys };
}

function partsOf(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
