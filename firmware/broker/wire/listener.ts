import { readFile } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { listenError } from "../../../shared/base/listen-error.ts";
import type { ListenerSettings } from "../../../shared/broker/broker-settings.ts";
import { BrokerCertificate, BrokerExposed } from "../broker-errors.ts";
import type { Certificate, ListenerParts } from "./listener-parts.ts";
import { isLoopback } from "./loopback.ts";
import { SocketWire } from "./wire-socket.ts";

/** An address that is listened on. */
export interface Listener {
  /** For people, as in `mqtt://127.0.0.1:1883`. */
  readonly address: string;
  /** Stops listening; connections live on. */
  close(): Promise<void>;
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

/** The modules of WebSocket and TLS are loaded where a listener needs them: a board has little memory. */
async function serverFor(parts: ListenerParts): Promise<Server> {
  const { settings, limits } = parts;
  if (settings.protocol === "mqtt") return createServer((socket) => serveSocket(parts, socket));
  if (settings.protocol === "ws") return (await import("./websocket-server.ts")).webSocketServer(parts, undefined);
  const certificate = await certificateOf(settings);
  try {
    if (settings.protocol === "wss") return (await import("./websocket-server.ts")).webSocketServer(parts, certificate);
    const tls = await import("node:tls");
    const server = tls.createServer({ ...certificate, handshakeTimeout: limits.connectTimeout }, (socket) => serveSocket(parts, socket));
    return server.on("tlsClientError", () => undefined);
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
        if ("closeAllConnections" in server && typeof server.closeAllConnections === "function") server.closeAllConnections();
      }),
  };
}
