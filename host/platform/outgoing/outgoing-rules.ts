import ipaddr from "ipaddr.js";
import { SettingsInvalid } from "../../../shared/console/settings-invalid.ts";

/** Where the gateway may go for users, beyond addresses of the public internet. */
export interface OutgoingRules {
  readonly schemes: readonly ("http" | "https")[];
  /** Names, or addresses, or ranges as in `10.1.0.0/16`, that may be gone to though they are not public. Names stand for themselves, not for what is below. */
  readonly allow: readonly string[];
}

export const defaultOutgoingRules: OutgoingRules = { schemes: ["https", "http"], allow: [] };

type Address = ReturnType<typeof ipaddr.parse>;

/** Rules that were read once. */
export interface ReadRules {
  readonly schemes: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
  readonly ranges: readonly (readonly [Address, number])[];
}

/** @throws {SettingsInvalid} an entry is neither a name nor an address nor a range */
export function readOutgoingRules({ schemes, allow }: OutgoingRules): ReadRules {
  const names = new Set<string>();
  const ranges: (readonly [Address, number])[] = [];
  for (const entry of allow) {
    const host = entry.replace(/^\[(.*)\]$/, "$1");
    if (ipaddr.isValidCIDR(host)) ranges.push(ipaddr.parseCIDR(host));
    else if (ipaddr.IPv4.isValidFourPartDecimal(host) || ipaddr.IPv6.isValid(host)) {
      const address = ipaddr.parse(host);
      ranges.push([address, address.kind() === "ipv4" ? 32 : 128]);
    } else if (/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(host)) names.add(host.toLowerCase());
    else throw new SettingsInvalid("allow", JSON.stringify(entry), "a host name, an address, or a range as in 10.1.0.0/16");
  }
  return { schemes: new Set(schemes.map((scheme) => `${scheme}:`)), names, ranges };
}
