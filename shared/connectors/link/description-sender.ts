import { encodeCbor } from "../../broker/cbor-encode.ts";
import type { BoardDescription, DescribedFeature, DescribedThing } from "./board-description.ts";
import { linkBounds } from "./link-limits.ts";
import type { Description } from "./link-message.ts";

/** Bytes of one part, about: small enough that other messages need not wait for it. */
const partBytes = 12_288;
/** What a thing takes besides its texts and features, and what a map takes for its keys. */
const overhead = 32;

/** Gives out what the board has, part by part. */
export class DescriptionSender {
  readonly #source: () => BoardDescription | undefined;
  /** The description in parts, while they are being asked for. */
  #cut: { readonly hash: string; readonly parts: readonly (readonly DescribedThing[])[] } | undefined;

  constructor(source: () => BoardDescription | undefined) {
    this.#source = source;
  }

  /** Names what the board has now; `undefined` when it does not say. */
  get hash(): string | undefined {
    return this.#source()?.hash;
  }

  /** @returns `undefined` when there is no such part */
  part(part: number, session: string): Description | undefined {
    const description = this.#source();
    if (description === undefined) return undefined;
    const { hash } = description;
    if (this.#cut?.hash !== hash) this.#cut = { hash, parts: cutDescription(description.things) };
    const { parts } = this.#cut;
    const things = parts[part];
    if (part >= parts.length - 1) this.#cut = undefined;
    return things === undefined ? undefined : { kind: "description", session, hash, part, parts: parts.length, things };
  }
}

/** Cuts what a board has into parts that fit messages: at least one; a thing with many features goes on in the next part. */
export function cutDescription(things: readonly DescribedThing[]): readonly (readonly DescribedThing[])[] {
  const parts: DescribedThing[][] = [[]];
  let bytes = 0;
  const room = (size: number): DescribedThing[] => {
    const last = parts[parts.length - 1] ?? [];
    if (bytes + size <= partBytes || last.length === 0) {
      bytes += size;
      return last;
    }
    bytes = size;
    const next: DescribedThing[] = [];
    parts.push(next);
    return next;
  };
  for (const { features, ...thing } of things) {
    const head = overhead + 4 * (thing.id.length + (thing.name?.length ?? 0));
    let at = 0;
    do {
      const [first, ...rest] = features.slice(at, at + linkBounds.describedFeatures);
      const taken: DescribedFeature[] = first === undefined ? [] : [first];
      const part = room(head + (first === undefined ? 0 : sizeOf(first)));
      for (const feature of rest) {
        const size = sizeOf(feature);
        if (bytes + size > partBytes) break;
        bytes += size;
        taken.push(feature);
      }
      part.push({ ...thing, features: taken });
      at += Math.max(1, taken.length);
    } while (at < features.length);
  }
  return parts;
}

function sizeOf({ values = [], ...feature }: DescribedFeature): number {
  return encodeCbor({ ...feature, values: [...values] }).length;
}
