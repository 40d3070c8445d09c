import { HostRefused, OriginRefused } from "./api-errors.ts";

const loopback = /^(?:127(?:\.\d{1,3}){3}|localhost|\[?::1\]?)$/i;

/** True for addresses and names that no other machine reaches. */
export const isLoopback = (host: string): boolean => loopback.test(host);

/** The name in a Host header, without its port. RFC 9110 §7.2 */
const nameOf = (host: string): string => host.replace(/:\d+$/, "").toLowerCase();

/**
 * Refuses what a page of a stranger sends after it gave its own name the gateway's address. Only needed on loopback: elsewhere TLS refuses that name.
 * @param names beside those of loopback
 */
export function checkHost(host: string | undefined, names: ReadonlySet<string>): HostRefused | undefined {
  if (host === undefined) return new HostRefused("");
  const name = nameOf(host);
  return isLoopback(name) || names.has(name) ? undefined : new HostRefused(host);
}

/** Refuses changes that a page of another origin sends with the cookie. The token against forgery does so, too; this needs no secret. */
export function checkOrigin(origin: string | undefined, host: string | undefined): OriginRefused | undefined {
  if (origin === undefined) return undefined;
  const sent = /^https?:\/\/(.+)$/i.exec(origin)?.[1];
  return sent !== undefined && sent.toLowerCase() === host?.toLowerCase() ? undefined : new OriginRefused(origin);
}
