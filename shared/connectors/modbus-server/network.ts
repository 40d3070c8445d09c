/** A range of addresses: the first `bits` bits of `bytes` are those of all its members. */
export interface Network {
  /** 16 bytes; IPv4 as `::ffff:a.b.c.d`. */
  readonly bytes: readonly number[];
  readonly bits: number;
}

const decimal = /^\d{1,3}$/;
const group = /^[0-9a-fA-F]{1,4}$/;
const prefixForm = /^\d{1,3}$/;
/** `::ffff:0:0/96`, under which IPv4 addresses stand in IPv6. RFC 4291 §2.5.5.2. */
const mapped: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

function parseIpv4(text: string): readonly number[] | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => decimal.test(part) && Number(part) <= 255)) return undefined;
  return parts.map(Number);
}

function groupsOf(text: string): readonly number[] | undefined {
  if (text === "") return [];
  const groups = text.split(":");
  const tail = groups[groups.length - 1] ?? "";
  const v4 = tail.includes(".") ? parseIpv4(tail) : [];
  if (v4 === undefined) return undefined;
  const plain = tail.includes(".") ? groups.slice(0, -1) : groups;
  if (!plain.every((part) => group.test(part))) return undefined;
  return [...plain.flatMap((part) => [Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 0xff]), ...v4];
}

function parseIpv6(text: string): readonly number[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0] ?? "");
  const tail = groupsOf(halves[1] ?? "");
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 1) return missing === 0 ? head : undefined;
  return missing < 2 ? undefined : [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

/** The 16 bytes of an IPv4 or IPv6 address, `undefined` for what is none. A zone, as in `fe80::1%eth0`, is passed over. RFC 4291 §2.2. */
export function addressBytes(text: string): readonly number[] | undefined {
  const plain = text.split("%", 1)[0] ?? "";
  if (plain.includes(":")) return parseIpv6(plain);
  const v4 = parseIpv4(plain);
  return v4 === undefined ? undefined : [...mapped, ...v4];
}

/** Reads an address or a network such as `192.168.1.0/24` or `fd00::/8`; `undefined` for what is neither. RFC 4632 §3.1. */
export function parseNetwork(text: string): Network | undefined {
  const [address = "", prefix, ...rest] = text.split("/");
  const bytes = addressBytes(address);
  if (bytes === undefined || rest.length > 0) return undefined;
  if (prefix === undefined) return { bytes, bits: 128 };
  const shift = address.includes(":") ? 0 : 96;
  const bits = Number(prefix) + shift;
  return prefixForm.test(prefix) && bits <= 128 ? { bytes, bits } : undefined;
}

/** True when an address lies in a network. */
export function inNetwork({ bytes, bits }: Network, address: readonly number[]): boolean {
  for (let at = 0; at * 8 < bits; at++) {
    const left = bits - at * 8;
    const mask = left >= 8 ? 0xff : (0xff << (8 - left)) & 0xff;
    if (((bytes[at] ?? 0) & mask) !== ((address[at] ?? 0) & mask)) return false;
  }
  return true;
}
