import type { ByteOrder, ValueLayout } from "../../../shared/acquisition/point-config.ts";

/** What a station register holds: already scaled, a list for an array. */
export type StationValue = boolean | number | bigint | string | readonly number[];

const wordsOfType = {
  bool: 1,
  uint8: 1,
  int8: 1,
  uint16: 1,
  int16: 1,
  float16: 1,
  bcd16: 1,
  uint32: 2,
  int32: 2,
  float32: 2,
  bcd32: 2,
  uint64: 4,
  int64: 4,
  float64: 4,
} as const;

/** Registers that a value of this layout takes; 1 for a coil or discrete input. */
export function wordCount(layout: ValueLayout): number {
  if (layout.type === "string") return Math.ceil((layout.length ?? 2) / 2);
  return wordsOfType[layout.type ?? "uint16"] * (layout.count ?? 1);
}

/** Puts big-endian bytes into the order that vendors call `order`, or back: each order undoes itself. */
function arrange(bytes: Uint8Array, order: ByteOrder): Uint8Array {
  const last = bytes.length - 1;
  return bytes.map((_, at) => {
    const swappedBytes = at ^ 1;
    if (order === "BADC") return bytes[swappedBytes] ?? 0;
    if (order === "CDAB") return bytes[last - swappedBytes] ?? 0;
    return bytes[order === "DCBA" ? last - at : at] ?? 0;
  });
}

function toBcd(value: number): number {
  return Number.parseInt(String(Math.trunc(value)), 16);
}

function store(view: DataView, layout: ValueLayout, raw: number | bigint): void {
  const whole = Math.round(Number(raw));
  switch (layout.type) {
    case "float32":
      view.setFloat32(0, Number(raw));
      break;
    case "float64":
      view.setFloat64(0, Number(raw));
      break;
    case "uint64":
    case "int64":
      view.setBigUint64(0, BigInt.asUintN(64, BigInt(raw)));
      break;
    case "uint32":
    case "int32":
      view.setInt32(0, whole);
      break;
    case "bcd16":
      view.setUint16(0, toBcd(whole));
      break;
    case "uint8":
    case "int8":
      view.setInt8(layout.byte === "high" ? 0 : 1, whole);
      break;
    default:
      view.setInt16(0, whole);
  }
}

/** The registers of one value, most significant word first unless the layout says otherwise. */
export function toWords(layout: ValueLayout, value: StationValue): readonly number[] {
  const bytes = new Uint8Array(wordCount(layout) * 2);
  if (typeof value === "string") bytes.set(new TextEncoder().encode(value).subarray(0, layout.length ?? 2));
  else if (typeof value === "boolean") bytes.set(value ? [(1 << (layout.bit ?? 0)) >> 8, (1 << (layout.bit ?? 0)) & 255] : []);
  else {
    const items = typeof value === "object" ? value : [value];
    const size = bytes.length / items.length;
    for (const [index, item] of items.entries()) {
      const raw = typeof item === "bigint" ? item : (item - (layout.offset ?? 0)) / (layout.scale ?? 1);
      const part = new Uint8Array(size);
      store(new DataView(part.buffer), layout, raw);
      bytes.set(arrange(part, layout.order ?? "ABCD"), index * size);
    }
  }
  const view = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length / 2 }, (_, word) => view.getUint16(word * 2));
}

/** The value in registers that can be written: bool, uint16, int16 and float32, as the station's setpoints are. */
export function fromWords(layout: ValueLayout, words: readonly number[]): number | boolean {
  const bytes = new Uint8Array(words.flatMap((word) => [word >> 8, word & 255]));
  const view = new DataView(arrange(bytes, layout.order ?? "ABCD").buffer);
  if (layout.type === "bool") return (view.getUint16(0) & (1 << (layout.bit ?? 0))) !== 0;
  const raw = layout.type === "float32" ? view.getFloat32(0) : layout.type === "int16" ? view.getInt16(0) : view.getUint16(0);
  // Scaled decimals such as 0.1 leave a tail behind the last digit that the register can hold.
  return layout.type === "float32" ? raw : Number((raw * (layout.scale ?? 1) + (layout.offset ?? 0)).toFixed(6));
}
