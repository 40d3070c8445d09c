import { readFile } from "node:fs/promises";
import { createServer as createHttpServer, Server as HttpServer, type IncomingMessage } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { WebSocketServer } from "ws";
import type { Clock } from "../../shared/base/clock.ts";
import type { Log } from "../../shared/base/log.ts";
import type { LimitSettings, ListenerSettings } from "../../shared/broker/broker-settings.ts";
import { listenError } from "../platform/listen-error.ts";
import { BrokerCertificate, BrokerExposed } from "./broker-errors.ts";
import type { HalfOpen } from "./half-open.ts";
import type { Wire, WireEvents } from "./wire.ts";
import { SocketWire } from "./wire-socket.ts";
import { WebSocketWire } from "./wire-websocket.ts";

export interface ListenerParts {
  readonly settings: ListenerSettings;
  readonly limits: LimitSettings;
  readonly halfOpen: HalfOpen;
  readonly clock: Clock;
  readonly log: Log;
  /** A connection was turned away because there are too many. */
  readonly dropped: () => void;
  /** Takes a new connection and gives back who hears of what happens on it. */
  readonly accept: (wire: Wire, loopback: boolean) => WireEvents;
}

/** An address that is listened on. */
export interface Listener {
  /** For people, as in `mqtt://127.0.0.1:1883`. */
  readonly address: string;
  /** Stops listening; connections live on. */
  close(): Promise<void>;
}

interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca?: Buffer;
  readonly requestCert: boolean;
  readonly rejectUnauthorized: boolean;
  readonly minVersion: "TLSv1.2";
}

/** True for addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "::ffff:127.0.0.1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

const isSecure = ({ protocol }: ListenerSettings): boolean => protocol === "mqtts" || protocol === "wss";
const urlOf = ({ protocol, host }: ListenerSettings, port: number): string =>
  `${protocol}://${host.includes(":") ? `[${host}]` : host}:${port}${protocol === "ws" || protocol === "wss" ? "/mqtt" : ""}`;

/** A listener beyond loopback needs TLS and accounts. @throws {BrokerExposed} */
export function checkExposure(settings: ListenerSettings, hasAccounts: boolean): void {
  if (isLoopback(settings.host)) return;
  const missing = [...(isSecure(settings) ? [] : ["it has no TLS"]), ...(hasAccounts ? [] : ["there is no accounts file"])];
  if (missing.length > 0) throw new BrokerExposed(urlOf(settings, settings.port), missing.join(" and "));
}

async function certificateOf(settings: ListenerSettings): Promise<Certificate> {
  const name = urlOf(settings, settings.port);
  const { certificate, key, authority } = settings;
  if (certificate === undefined || key === undefined) throw new BrokerCertificate(name, "certificate or key is missing");
  try {
    const tls = {
      cert: await readFile(certificate),
      key: await readFile(key),
      requestCert: authority !== undefined,
      minVersion: "TLSv1.2",
    } as const;
    const ca = authority === undefined ? {} : { ca: await readFile(authority) };
    return { ...tls, ...ca, rejectUnauthorized: authority !== undefined };
  } catch (error) {
    throw new BrokerCertificate(name, "certificate or key cannot be read", error);
  }
}

function serveSocket(parts: ListenerParts, socket: Socket): void {
  const wire = new SocketWire(socket, parts.clock);
  wire.attach(parts.accept(wire, isLoopback(parts.settings.host)));
}

/** The web page that opens a WebSocket is named by its origin; other programs send none. RFC 6455 §10.2. */
function originAllowed(request: IncomingMessage, origins: readonly string[]): boolean {
  const { origin } = request.headers;
  return origin === undefined || origins.includes(origin);
}

function serveWebSockets(parts: ListenerParts, server: HttpServer): void {
  const sockets = new WebSocketServer({
    server,
    maxPayload: Math.max(parts.limits.packetBytes, parts.limits.connectBytes) + 5,
    perMessageDeflate: false,
    // MQTT 3.1.1 §6.0: the subprotocol is "mqtt".
    handleProtocols: (offered) => (offered.has("mqtt") ? "mqtt" : false),
    verifyClient: ({ req }: { req: IncomingMessage }) =>
      originAllowed(req, parts.settings.origins) &&
      (req.headers["sec-websocket-protocol"] ?? "").split(",").some((name) => name.trim() === "mqtt"),
  });
  sockets.on("connection", (socket, request) => {
    const { remoteAddress: address = "unknown", remotePort: port = 0 } = request.socket;
    const wire = new WebSocketWire(socket, { address, port }, parts.clock);
    wire.attach(parts.accept(wire, isLoopback(parts.settings.host)));
  });
}

async function serverFor(parts: ListenerParts): Promise<Server> {
  const { settings, limits } = parts;
  const timeout = limits.connectTimeout;
  const http = { requestTimeout: timeout, headersTimeout: timeout, connectionsCheckingInterval: Math.min(timeout, 1000) };
  if (settings.protocol === "mqtt") return createServer((socket) => serveSocket(parts, socket));
  if (settings.protocol === "ws") {
    const server = createHttpServer(http, (_request, response) => response.writeHead(426).end());
    serveWebSockets(parts, server);
    return server;
  }
  const certificate = await certificateOf(settings);
  try {
    if (settings.protocol === "mqtts") {
      return createTlsServer({ ...certificate, handshakeTimeout: timeout }, (socket) => serveSocket(parts, socket)).on(
        "tlsClientError",
        () => undefined,
      );
    }
    const options = { ...certificate, ...http, handshakeTimeout: timeout };
    const server = createHttpsServer(options, (_request, response) => response.writeHead(426).end());
    server.on("tlsClientError", () => undefined);
    serveWebSockets(parts, server);
    return server;
  } catch (error) {
    throw new BrokerCertificate(urlOf(settings, settings.port), "certificate or key cannot be used", error);
  }
}

/** Begins to listen. @throws {PortTaken} {ListenRefused} {BrokerCertificate} */
export async function openListener(parts: ListenerParts): Promise<Listener> {
  const { settings, limits, halfOpen } = parts;
  const server = await serverFor(parts);
  server.maxConnections = limits.clients + limits.halfOpen;
  server.on("drop", () => parts.dropped());
  server.on("connection", (socket: Socket) => halfOpen.add(socket));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(settings.port, settings.host, () => {
      server.removeListener("error", reject);
      resolve();
    });
  }).catch((error: unknown) => {
    const change = settings.protocol === "mqtt" ? "--mqtt-port, PENSTOCK_MQTT_PORT or broker.listeners" : "broker.listeners";
    throw listenError({ what: `the MQTT broker (${settings.protocol})`, host: settings.host, port: settings.port, change }, error);
  });
  // Failing to accept one connection, for want of file handles say, must not end the process.
  server.on("error", (error) =>
    parts.log.error({ err: error, listener: urlOf(settings, settings.port) }, "a connection could not be accepted"),
  );
  const bound = server.address();
  return {
    address: urlOf(settings, typeof bound === "object" && bound !== null ? bound.port : settings.port),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if (server instanceof HttpServer) server.closeAllConnections();
      }),
  };
}
