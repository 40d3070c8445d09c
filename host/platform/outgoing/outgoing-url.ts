import { addressRefusal } from "./address-refusal.ts";
import { OutgoingRefused } from "./outgoing-errors.ts";
import { defaultOutgoingRules, type OutgoingRules, type ReadRules, readOutgoingRules } from "./outgoing-rules.ts";

const longest = 2048;

/** A URL as messages show it. */
export const showUrl = (url: URL): string => `${url.protocol}//${url.host}${url.pathname}`.slice(0, 200);

/**
 * Judges URLs that users set: webhooks, connectors, places of firmware. What is checked here is the URL; where its name leads is checked again for every
 * connection, as it may lead elsewhere then. @see OWASP API Security Top 10 2023, API7
 */
export class OutgoingUrl {
  readonly #rules: ReadRules;

  /** @throws {SettingsInvalid} */
  constructor(rules: OutgoingRules = defaultOutgoingRules) {
    this.#rules = readOutgoingRules(rules);
  }

  /** @throws {OutgoingRefused} with a message for whoever set it */
  check(text: string): URL {
    if (text.length > longest) throw new OutgoingRefused(`${text.slice(0, 40)}…`, `it is longer than ${longest} characters`);
    if (!URL.canParse(text)) throw new OutgoingRefused("the text", "it is no URL");
    const url = new URL(text);
    const refuse = (why: string): OutgoingRefused => new OutgoingRefused(showUrl(url), why);
    if (!this.#rules.schemes.has(url.protocol)) {
      throw refuse(`${url.protocol} is not spoken; ${[...this.#rules.schemes].join(" and ")} are`);
    }
    if (url.username !== "" || url.password !== "") throw refuse("user and password do not belong into a URL");
    const host = url.hostname.replace(/\.$/, "");
    if (host === "") throw refuse("it names no host");
    const why = this.refusalOf(host);
    if (why !== undefined) throw refuse(why);
    return url;
  }

  /** Why a host is not gone to, as far as its name tells: `undefined` for names that have to be resolved. @param host as a URL has it, in brackets or not */
  refusalOf(host: string): string | undefined {
    const name = host.toLowerCase().replace(/\.$/, "");
    if (this.#rules.names.has(name)) return undefined;
    if (name.startsWith("[")) return this.refusalOfAddress(name.slice(1, -1));
    // The URL standard makes four decimal parts of every other way to write an IPv4 address.
    if (/^[0-9.]+$/.test(name)) return this.refusalOfAddress(name);
    if (name === "localhost" || name.endsWith(".localhost")) return `${name} is the gateway itself`;
    return undefined;
  }

  /** Why an address is not gone to. @param name the host name that led there: where that is allowed by name, all its addresses are */
  refusalOfAddress(address: string, name?: string): string | undefined {
    if (name !== undefined && this.#rules.names.has(name.toLowerCase().replace(/\.$/, ""))) return undefined;
    return addressRefusal(address, this.#rules);
  }
}
