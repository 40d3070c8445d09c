import { crc32c } from "../crc32c.ts";
import { maskCrc, readVarint } from "./level-varint.ts";
import { unpackSnappy } from "./snappy.ts";

const footerSize = 48;
const trailerSize = 5;
const magic = 0xdb4775248b80fb57n;
/** Larger blocks than LevelDB would ever write for us. */
const largestBlock = 64 * 1024 * 1024;

/** A piece of a table file: its data, without the type byte and the checksum behind it. */
export interface TableBlock {
  readonly offset: number;
  readonly size: number;
}

/**
 * Checks each block of a LevelDB table against its checksum, which LevelDB itself does not when it reads. LevelDB doc/table_format.
 * @returns the damaged blocks, or `undefined` when the file is no table at all
 */
export function checkTable(file: Uint8Array): readonly TableBlock[] | undefined {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const footer = file.length - footerSize;
  if (footer < 0 || view.getBigUint64(file.length - 8, true) !== magic) return undefined;
  const meta = readHandle(file, footer);
  const index = meta === undefined ? undefined : readHandle(file, meta.next);
  if (meta === undefined || index === undefined) return undefined;
  if (!isWhole(file, view, index.block)) return isInside(file, index.block) ? [index.block] : undefined;
  const blocks = blocksOf(file, index.block);
  return blocks === undefined ? [index.block] : [meta.block, ...blocks].filter((block) => !isWhole(file, view, block));
}

function isInside(file: Uint8Array, { offset, size }: TableBlock): boolean {
  return offset + size + trailerSize <= file.length - footerSize;
}

function isWhole(file: Uint8Array, view: DataView, block: TableBlock): boolean {
  const end = block.offset + block.size;
  return isInside(file, block) && maskCrc(crc32c(file, block.offset, end + 1)) === view.getUint32(end + 1, true);
}

function readHandle(bytes: Uint8Array, at: number): { readonly block: TableBlock; readonly next: number } | undefined {
  const offset = readVarint(bytes, at);
  const size = offset === undefined ? undefined : readVarint(bytes, offset.next);
  if (offset === undefined || size === undefined) return undefined;
  return { block: { offset: offset.value, size: size.value }, next: size.next };
}

/** The blocks that an index names; `undefined` where it cannot be read. */
function blocksOf(file: Uint8Array, { offset, size }: TableBlock): readonly TableBlock[] | undefined {
  const packed = file.subarray(offset, offset + size);
  const type = file[offset + size];
  const index = type === 0 ? packed : type === 1 ? unpackSnappy(packed, largestBlock) : undefined;
  if (index === undefined || index.length < 4) return undefined;
  const restarts = new DataView(index.buffer, index.byteOffset, index.byteLength).getUint32(index.length - 4, true);
  const end = index.length - 4 - 4 * restarts;
  const blocks: TableBlock[] = [];
  for (let at = 0; at < end; ) {
    const shared = readVarint(index, at);
    const unshared = shared === undefined ? undefined : readVarint(index, shared.next);
    const length = unshared === undefined ? undefined : readVarint(index, unshared.next);
    if (unshared === undefined || length === undefined) return undefined;
    const value = length.next + unshared.value;
    const handle = readHandle(index, value);
    if (handle === undefined) return undefined;
    blocks.push(handle.block);
    at = value + length.value;
  }
  return end < 0 ? undefined : blocks;
}
