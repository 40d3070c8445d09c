import type { IncomingMessage } from "node:http";
import type { Clock } from "../../../shared/base/clock.ts";
import { EdgeError } from "../../../shared/base/edge-error.ts";
import type { Metric } from "../../../shared/base/metric.ts";
import type { RouteSpec } from "../../../shared/console/api/route-spec.ts";
import type { Access } from "../../../shared/twin/access/access-ports.ts";
import type { RefusalLog } from "../../../shared/twin/access/audit-port.ts";
import { PasswordFirst, RateExceeded } from "./api-errors.ts";
import type { ApiSettings } from "./api-settings.ts";
import type { Authenticated, Authenticator, RequestFacts } from "./authenticator.ts";
import { checkHost, checkOrigin } from "./host-check.ts";
import { TokenBuckets } from "./token-buckets.ts";

export interface DoorParts {
  readonly authenticator: Authenticator;
  readonly access: Access;
  readonly refusals: RefusalLog;
  readonly clock: Clock;
  readonly settings: ApiSettings;
  /** Only those who call the gateway by its own name are let in. */
  readonly ownNamesOnly: boolean;
}

const cookieForm = /(?:^|;\s*)penstock_session=([A-Za-z0-9._~-]{1,512})(?:;|$)/;

const one = (header: string | string[] | undefined): string | undefined => (typeof header === "string" ? header : undefined);

/** What a request shows of who sent it. */
export function factsOf(request: IncomingMessage): RequestFacts {
  const { headers, method } = request;
  const cookie = headers.cookie === undefined ? undefined : cookieForm.exec(headers.cookie)?.[1];
  const authorization = headers.authorization;
  const browser = cookie !== undefined && authorization === undefined;
  return {
    authorization,
    cookie,
    csrf: one(headers["x-csrf-token"]),
    unsafe: method !== "GET" && method !== "HEAD",
    address: request.socket.remoteAddress ?? "unknown",
    via: browser ? "console" : headers["user-agent"]?.startsWith("penstock-cli") === true ? "cli" : "rest",
  };
}

/** Decides who comes in: own name, rate, log-in, and for what is not about one document the permission. */
export class Door {
  readonly #parts: DoorParts;
  readonly #names: ReadonlySet<string>;
  readonly #users: TokenBuckets;
  readonly #keys: TokenBuckets;
  readonly #addresses: TokenBuckets;
  readonly #logins: TokenBuckets;
  readonly #refused: TokenBuckets;
  /** The name that was let in last: nearly all use the same. */
  #lastName: string | undefined;
  limited = 0;
  unauthenticated = 0;
  forbidden = 0;

  constructor(parts: DoorParts) {
    const { settings } = parts;
    this.#parts = parts;
    this.#names = new Set(settings.hostNames.map((name) => name.toLowerCase()));
    this.#users = new TokenBuckets(settings.userRate, settings.askers);
    this.#keys = new TokenBuckets(settings.keyRate, settings.askers);
    this.#addresses = new TokenBuckets(settings.addressRate, settings.askers);
    this.#logins = new TokenBuckets(settings.loginRate, settings.askers);
    this.#refused = new TokenBuckets(settings.refusedRate, settings.askers);
  }

  /** @throws {HostRefused} */
  checkName(request: IncomingMessage): void {
    const { host } = request.headers;
    if (!this.#parts.ownNamesOnly || host === this.#lastName) return;
    const refusal = checkHost(host, this.#names);
    if (refusal !== undefined) throw refusal;
    this.#lastName = host;
  }

  /** Counts a request of somebody who need not say who he is. @throws {RateExceeded} */
  countStranger(address: string): void {
    this.#count(this.#addresses, address);
  }

  /** @throws {HostRefused} {RateExceeded} {OriginRefused} {PasswordFirst} {Forbidden}, and what the authenticator refuses with */
  async admit(route: RouteSpec, request: IncomingMessage, facts: RequestFacts): Promise<Authenticated> {
    this.checkName(request);
    if (route.permission === "public") {
      this.#count(route.method === "POST" ? this.#logins : this.#addresses, facts.address);
      if (facts.unsafe) this.#checkOrigin(request);
      return { actor: { id: "nobody", type: "user", via: facts.via, address: facts.address } };
    }
    const answer = this.#parts.authenticator.authenticate(facts);
    const who = answer instanceof Promise ? await answer : answer;
    if (who instanceof EdgeError) {
      this.unauthenticated += 1;
      this.#count(this.#refused, facts.address);
      throw who;
    }
    const { actor } = who;
    this.#count(actor.type === "key" ? this.#keys : this.#users, actor.id);
    if (facts.unsafe && facts.authorization === undefined) this.#checkOrigin(request);
    if (who.onlyPassword === true && route.beforePassword !== true) throw new PasswordFirst();
    if (route.everywhere === true && route.permission !== "login") this.#checkEverywhere(route, who, request);
    return who;
  }

  metrics(): readonly Metric[] {
    const counter = (name: string, help: string, value: number): Metric => ({
      name,
      help,
      type: "counter",
      values: [{ labels: {}, value }],
    });
    const forgotten = [this.#users, this.#keys, this.#addresses, this.#logins, this.#refused].reduce(
      (sum, each) => sum + each.forgotten,
      0,
    );
    return [
      counter("penstock_api_rate_limited_total", "Requests that were refused since there were too many.", this.limited),
      counter("penstock_api_unauthenticated_total", "Requests whose key or session was not good.", this.unauthenticated),
      counter("penstock_api_forbidden_total", "Requests that were refused at the door for want of a grant on all.", this.forbidden),
      counter("penstock_api_rates_forgotten_total", "Askers whose rate was forgotten since there are too many.", forgotten),
    ];
  }

  #checkOrigin(request: IncomingMessage): void {
    const refusal = checkOrigin(request.headers.origin, request.headers.host);
    if (refusal !== undefined) throw refusal;
  }

  #checkEverywhere({ permission }: RouteSpec, { actor }: Authenticated, request: IncomingMessage): void {
    if (permission === "public" || permission === "login") return;
    const refusal = this.#parts.access.refusal(actor, permission, {});
    if (refusal === undefined) return;
    this.forbidden += 1;
    const kind = permission.split(/[.:]/, 1)[0] ?? permission;
    this.#parts.refusals.refused(actor, { action: permission, kind, id: (request.url ?? "").split("?", 1)[0] ?? "" }, refusal.code);
    throw refusal;
  }

  #count(buckets: TokenBuckets, who: string): void {
    const wait = buckets.take(who, this.#parts.clock.monotonic());
    if (wait === 0) return;
    this.limited += 1;
    throw new RateExceeded(wait);
  }
}
