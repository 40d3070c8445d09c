/** What a machine keeps alive. */
export interface XsMemory {
  /** Cells of 32 bytes on 64-bit machines, 16 bytes on a 32-bit microcontroller. */
  readonly slots: number;
  /** Bytes of strings, byte code, buffers and array storage; a microcontroller needs about 0.8 of them. */
  readonly chunks: number;
}

const slotSize = 32;
const atomHead = 8;

/** Counts what is alive in a snapshot, which holds nothing else: atoms of a big-endian size and a four-letter type. */
export function memoryOf(snapshot: Uint8Array): XsMemory {
  const view = new DataView(snapshot.buffer, snapshot.byteOffset, snapshot.byteLength);
  const sizes = new Map<string, number>();
  // The outermost atom holds the others.
  for (let at = atomHead; at < snapshot.length; ) {
    const size = view.getUint32(at);
    if (size < atomHead) throw new Error(`snapshot: an atom of ${size} bytes at ${at}`);
    sizes.set(String.fromCharCode(...snapshot.subarray(at + 4, at + 8)), size - atomHead);
    at += size;
  }
  const heap = sizes.get("HEAP");
  const chunks = sizes.get("BLOC");
  if (heap === undefined || chunks === undefined) throw new Error(`snapshot without HEAP or BLOC: ${[...sizes.keys()].join(" ")}`);
  return { slots: heap / slotSize, chunks };
}

/** What `after` keeps alive beyond `before`. */
export function memoryBetween(before: XsMemory, after: XsMemory): XsMemory {
  return { slots: after.slots - before.slots, chunks: after.chunks - before.chunks };
}
