import { Server as TlsServer } from "node:tls";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import { listenError } from "../../../shared/base/listen-error.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { Metric, MetricSource } from "../../../shared/base/metric.ts";
import { apiRoutes } from "../../../shared/console/api/api-routes.ts";
import type { ArtifactFiles, Boards, LiveFeed, NodeSource, Resources } from "../../../shared/console/gateway-ports.ts";
import type { Access } from "../../../shared/twin/access/access-ports.ts";
import type { RefusalLog } from "../../../shared/twin/access/audit-port.ts";
import type { GatewayStore } from "../../../shared/twin/store-ports.ts";
import type { MemoryLists } from "../../platform/lists/memory-lists.ts";
import { grantHandlers, keyHandlers, userHandlers } from "./account-routes.ts";
import type { Accounts } from "./accounts.ts";
import { ApiDocs } from "./api-docs.ts";
import { HttpExposed } from "./api-errors.ts";
import type { ApiSettings } from "./api-settings.ts";
import { artifactHandlers } from "./artifact-routes.ts";
import type { Authenticator, Sessions } from "./authenticator.ts";
import { bindRoutes, sendProblem } from "./bind-route.ts";
import { boardHandlers } from "./board-routes.ts";
import { ConsoleFiles } from "./console-files.ts";
import { definitionHandlers, featureHandlers, operationHandlers, relationHandlers, thingHandlers } from "./document-routes.ts";
import { Door } from "./door.ts";
import { eventHandlers } from "./event-routes.ts";
import { EventTail } from "./event-tail.ts";
import { isLoopback } from "./host-check.ts";
import { makeApp, unreadable } from "./make-app.ts";
import { nodeHandlers } from "./node-routes.ts";
import { PlantOverview } from "./plant-overview.ts";
import { recordHandlers } from "./record-routes.ts";
import { type SecurityHeaders, securityHeaders } from "./security-headers.ts";
import { DocumentTexts } from "./send-document.ts";
import { serveRest } from "./serve-rest.ts";
import { sessionHandlers } from "./session-routes.ts";
import { Streams } from "./streams.ts";
import { readTlsFiles, type TlsFiles, watchTlsFiles } from "./tls-files.ts";

export interface ApiServerParts {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Without it only loopback is served. */
  readonly tls?: TlsFiles | undefined;
  readonly version: string;
  readonly resources: Resources;
  readonly store: GatewayStore;
  readonly boards: Boards;
  readonly live: LiveFeed;
  readonly node: NodeSource;
  readonly artifacts: ArtifactFiles;
  readonly authenticator: Authenticator;
  readonly sessions: Sessions;
  readonly accounts: Accounts;
  readonly access: Access;
  /** Pages of lists that are in memory. */
  readonly lists: MemoryLists;
  readonly refusals: RefusalLog;
  /** All who have something to measure, for `/metrics`; the server adds its own. */
  readonly metrics: readonly MetricSource[];
  /** Directory of the built console. */
  readonly console?: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: ApiSettings;
}

/** API and console of the gateway over HTTP. */
export class ApiServer implements AsyncDisposable, MetricSource {
  readonly #app: FastifyInstance;
  readonly #door: Door;
  readonly #streams: Streams;
  readonly #tail: EventTail;
  readonly #disarm: Disarm[] = [];
  readonly #routes: string[] = [];
  #address = "";
  #closing: Promise<void> | undefined;

  private constructor(parts: ApiServerParts, app: FastifyInstance, tail: EventTail) {
    const { access, authenticator, clock, refusals, settings, store, tls, host } = parts;
    const headers = securityHeaders(tls !== undefined);
    this.#app = app;
    this.#tail = tail;
    this.#streams = new Streams({ authenticator, access, store, clock, settings, headers });
    this.#door = new Door({ authenticator, access, refusals, clock, settings, ownNamesOnly: isLoopback(host) });
    app.addHook("onRoute", ({ method, url }) => {
      for (const each of [method].flat()) this.#routes.push(`${each} ${url.replaceAll(/:([a-z]+)/g, "{$1}")}`);
    });
    this.#bind(parts, headers);
    this.#sweepFrom(clock, settings);
  }

  /** Begins to serve. @throws {HttpExposed} {HttpCertificateUnusable} {PortTaken} {ListenRefused} */
  static async open(parts: ApiServerParts): Promise<ApiServer> {
    const { host, port, tls, settings, store } = parts;
    if (tls === undefined && !isLoopback(host)) throw new HttpExposed(host);
    const pair = tls === undefined ? undefined : await readTlsFiles(tls);
    const headers = securityHeaders(tls !== undefined);
    const refuse = (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
      sendProblem({ log: parts.log, headers }, request, reply, unreadable(error));
    };
    const app = makeApp(settings, pair, refuse);
    const files = await ConsoleFiles.open(parts.console);
    const tail = await EventTail.open(store);
    const server = new ApiServer(parts, app, tail);
    serveRest({ app, door: server.#door, log: parts.log, headers, routes: apiRoutes, files });
    try {
      await app.listen({ host, port });
    } catch (error) {
      await server.close();
      throw listenError({ what: "API and console", host, port, change: "--http-port or --http-host" }, error);
    }
    server.#serves(parts);
    return server;
  }

  /** As in `http://127.0.0.1:8080`. */
  get address(): string {
    return this.#address;
  }

  /** What is served, as in `GET /api/v1/things/{thing}`. */
  routes(): readonly string[] {
    return this.#routes;
  }

  metrics(): readonly Metric[] {
    return [...this.#door.metrics(), ...this.#streams.metrics()];
  }

  /** Ends all streams and answers what is under way. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    for (const disarm of this.#disarm) disarm();
    this.#streams.close();
    this.#tail.close();
    await this.#app.close();
  }

  #bind(parts: ApiServerParts, headers: SecurityHeaders): void {
    const { resources, store, boards, live, node, artifacts, sessions, accounts, access, refusals, clock, log, settings, version } = parts;
    const tail = this.#tail;
    const streams = this.#streams;
    const overview = new PlantOverview({ resources, store, boards, access, tail, clock });
    const docs = new ApiDocs({ routes: apiRoutes, access, version });
    const metrics = [...parts.metrics, this];
    bindRoutes({ app: this.#app, door: this.#door, clock, log, settings, headers, texts: new DocumentTexts() }, apiRoutes, {
      ...sessionHandlers(sessions, parts.tls !== undefined),
      ...thingHandlers(resources),
      ...featureHandlers(resources),
      ...definitionHandlers(resources),
      ...relationHandlers(resources),
      ...recordHandlers({ history: store.history, access, refusals, clock }),
      ...eventHandlers({ store, access, boards, live, streams, tail, clock, log, settings }),
      ...operationHandlers(resources),
      ...boardHandlers({ boards, access, refusals, lists: parts.lists }),
      ...artifactHandlers({ resources, store, files: artifacts, settings, headers }),
      ...userHandlers(accounts),
      ...grantHandlers(accounts),
      ...keyHandlers(accounts),
      ...nodeHandlers({ node, store, accounts, overview, metrics, docs, clock, headers }),
    });
  }

  #serves({ host, tls, clock, log }: ApiServerParts): void {
    const bound = this.#app.server.address();
    const port = typeof bound === "object" && bound !== null ? bound.port : 0;
    this.#address = `${tls === undefined ? "http" : "https"}://${host.includes(":") ? `[${host}]` : host}:${port}`;
    const { server } = this.#app;
    if (tls === undefined || !(server instanceof TlsServer)) return;
    this.#disarm.push(watchTlsFiles(tls, { clock, log, apply: (pair) => server.setSecureContext({ ...pair, minVersion: "TLSv1.2" }) }));
  }

  #sweepFrom(clock: Clock, { keepAlive }: ApiSettings): void {
    let disarm: Disarm = () => {};
    const sweep = (): void => {
      this.#streams.sweep();
      disarm = clock.after(keepAlive, sweep);
    };
    disarm = clock.after(keepAlive, sweep);
    this.#disarm.push(() => disarm());
  }
}
