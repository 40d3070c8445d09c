import ipaddr from "ipaddr.js";
import type { ReadRules } from "./outgoing-rules.ts";

/** Addresses where clouds tell machines their secrets that are no link-local ones. */
const metadata: ReadonlySet<string> = new Set(["100.100.100.200", "168.63.129.16", "192.0.0.192"]);

const words: Readonly<Record<string, string>> = {
  loopback: "the gateway itself",
  unspecified: "the gateway itself",
  linkLocal: "link-local, where machines tell their secrets",
  private: "a private network",
  uniqueLocal: "a private network",
  deprecatedSiteLocal: "a private network",
  carrierGradeNat: "a private network",
  multicast: "multicast",
  broadcast: "broadcast",
};

/** The IPv4 address that a translator would make of an IPv6 address: RFC 4291 §2.5.5, RFC 6052 §2.1, RFC 3056 §2. */
function within(address: ipaddr.IPv6): ipaddr.IPv4 | undefined {
  const bytes = address.toByteArray();
  const at = (start: number): ipaddr.IPv4 => new ipaddr.IPv4(bytes.slice(start, start + 4));
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  if (address.range() === "rfc6052" || address.range() === "rfc6145") return at(12);
  if (address.range() === "6to4") return at(2);
  // IPv4-compatible, which is obsolete and still understood by some.
  return bytes.slice(0, 12).every((byte) => byte === 0) && address.range() === "unicast" ? at(12) : undefined;
}

/** Why an address is not gone to; `undefined` when it is public or allowed. @param text as the resolver or the URL gives it @see RFC 6890 */
export function addressRefusal(text: string, rules: ReadRules): string | undefined {
  const plain = text.split("%")[0] ?? "";
  // Only the plain forms: what a resolver gives, and what the URL standard makes of all others.
  if (!ipaddr.IPv4.isValidFourPartDecimal(plain) && !ipaddr.IPv6.isValid(plain)) return `${JSON.stringify(text)} is no address`;
  const address = ipaddr.parse(plain);
  const inner = address instanceof ipaddr.IPv6 ? within(address) : undefined;
  const allowed = [address, inner].some((one) =>
    rules.ranges.some(([range, bits]) => one !== undefined && one.kind() === range.kind() && one.match([range, bits])),
  );
  if (allowed) return undefined;
  for (const one of inner === undefined ? [address] : [inner]) {
    const range = one.range();
    if (metadata.has(one.toString())) return `${text} is where machines tell their secrets`;
    if (range !== "unicast") return `${text} is ${words[range] ?? `reserved (${range})`}`;
  }
  return undefined;
}
