import { type LookupAddress, lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { OutgoingRefused } from "./outgoing-errors.ts";
import type { OutgoingUrl } from "./outgoing-url.ts";

/** Finds all addresses of a name, as the system does. */
export type Resolve = (name: string, done: (error: Error | null, addresses: readonly LookupAddress[]) => void) => void;

const bySystem: Resolve = (name, done) => lookup(name, { all: true, verbatim: true }, done);

/**
 * A look-up for sockets that gives checked addresses only: the socket connects to what was checked, so a name that leads elsewhere a moment later changes
 * nothing. One address that is not gone to refuses the name.
 */
export function guardedLookup(urls: OutgoingUrl, resolve: Resolve = bySystem): LookupFunction {
  return (name, options, done) => {
    const fail = (error: Error): void => {
      if (options.all === true) done(error, []);
      else done(error, "", 0);
    };
    resolve(name, (error, addresses) => {
      if (error !== null) return fail(error);
      const why = addresses.map(({ address }) => urls.refusalOfAddress(address, name)).find((one) => one !== undefined);
      if (why !== undefined) return fail(new OutgoingRefused(name, why));
      const family = options.family === 4 || options.family === "IPv4" ? 4 : options.family === 6 || options.family === "IPv6" ? 6 : 0;
      const fitting = addresses.filter((one) => family === 0 || one.family === family);
      const [first] = fitting;
      if (first === undefined) return fail(new OutgoingRefused(name, "it has no address"));
      if (options.all === true) done(null, [...fitting]);
      else done(null, first.address, first.family);
    });
  };
}
