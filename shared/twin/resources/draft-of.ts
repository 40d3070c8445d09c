import type { DocumentKind, DocumentKinds, Draft } from "../store-ports.ts";

/** A document as it is handed to the store again: without the stamps that the store sets. */
export function draftOf<K extends DocumentKind>(document: DocumentKinds[K]): Draft<K> {
  const { rev: _rev, createdAt: _createdAt, updatedAt: _updatedAt, ...draft } = document;
  return draft;
}
