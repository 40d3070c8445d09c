import { createServer as createHttpServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { WebSocketServer } from "ws";
import type { Certificate, ListenerParts } from "./listener-parts.ts";
import { isLoopback } from "./loopback.ts";
import { WebSocketWire } from "./wire-websocket.ts";

/** The web page that opens a WebSocket is named by its origin; other programs send none. RFC 6455 §10.2. */
function originAllowed(request: IncomingMessage, origins: readonly string[]): boolean {
  const { origin } = request.headers;
  return origin === undefined || origins.includes(origin);
}

function serveWebSockets(parts: ListenerParts, server: Server): void {
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

/** An HTTP server that takes WebSockets with MQTT inside, over TLS when there is a certificate. It does not listen yet. MQTT 3.1.1 §6. */
export function webSocketServer(parts: ListenerParts, certificate: Certificate | undefined): Server {
  const timeout = parts.limits.connectTimeout;
  const options = { requestTimeout: timeout, headersTimeout: timeout, connectionsCheckingInterval: Math.min(timeout, 1000) };
  const server =
    certificate === undefined ? createHttpServer(options) : createHttpsServer({ ...options, ...certificate, handshakeTimeout: timeout });
  // Whoever asks for a page is told to upgrade.
  server.on("request", (_request, response) => response.writeHead(426).end());
  server.on("tlsClientError", () => undefined);
  serveWebSockets(parts, server);
  return server;
}
