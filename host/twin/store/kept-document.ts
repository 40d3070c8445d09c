import type { DocumentKind, DocumentKinds } from "../../../shared/twin/store-ports.ts";
import { canonicalJson } from "./canonical-json.ts";
import { documentFacts } from "./document-facts.ts";
import { sha256 } from "./sha256.ts";

/** A document as it is stored, in memory: given to many, so that nobody can change it. */
export class KeptDocument<K extends DocumentKind = DocumentKind> {
  readonly kind: K;
  readonly document: DocumentKinds[K];
  /** Characters of its JSON. */
  readonly length: number;
  #hash: string | undefined = undefined;

  constructor(kind: K, text: string) {
    this.kind = kind;
    this.document = JSON.parse(text);
    this.length = text.length;
    freezeDeep(this.document);
  }

  /** SHA-256 of its canonical JSON without what is secret. */
  get hash(): string {
    this.#hash ??= sha256(canonicalJson({ ...this.document, ...documentFacts[this.kind].hidden }));
    return this.#hash;
  }
}

/** Tells the kind of a kept document. */
export function isOfKind<K extends DocumentKind>(kept: KeptDocument, kind: K): kept is KeptDocument<K> {
  return kept.kind === kind;
}

function freezeDeep(value: object): void {
  Object.freeze(value);
  for (const member of Object.values(value)) if (typeof member === "object" && member !== null) freezeDeep(member);
}
