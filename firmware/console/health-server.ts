import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { listenError } from "../../shared/base/listen-error.ts";
import type { Log } from "../../shared/base/log.ts";
import { type HealthSource, HealthState } from "../../shared/console/health-part.ts";
import { healthReport } from "./health.ts";
import type { MetricsRegistry } from "./metrics-registry.ts";

export interface HealthServerParts {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly registry: MetricsRegistry;
  readonly sources: readonly HealthSource[];
  /** Facts that stay the same while the process lives: id, version, … */
  readonly about: Readonly<Record<string, string>>;
  readonly log: Log;
}

/** `GET /health` (200 when the board can do its job, else 503; JSON) and `GET /metrics` (Prometheus). Nothing else, and nothing to change. */
export class HealthServer implements AsyncDisposable {
  readonly #server: Server;
  readonly address: string;

  private constructor(server: Server, address: string) {
    this.#server = server;
    this.address = address;
  }

  /** @throws {PortTaken} {ListenRefused} */
  static async open(parts: HealthServerParts): Promise<HealthServer> {
    const server = createServer((request, response) => {
      answer(parts, request, response).catch((error: unknown) => {
        parts.log.error({ error: String(error) }, "answering a health request failed");
        if (!response.headersSent) response.writeHead(500);
        response.end();
      });
    });
    server.maxConnections = 64;
    server.requestTimeout = 5000;
    server.headersTimeout = 5000;
    server.keepAliveTimeout = 5000;
    await new Promise<void>((resolve, reject) => {
      server.once("error", (error) =>
        reject(listenError({ what: "the health endpoint", host: parts.host, port: parts.port, change: "--health-port" }, error)),
      );
      server.listen(parts.port, parts.host, resolve);
    });
    const bound = server.address();
    const port = typeof bound === "object" && bound !== null ? bound.port : parts.port;
    return new HealthServer(server, `http://${parts.host}:${port}`);
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

async function answer(parts: HealthServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? "/").split("?", 1)[0];
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(405, { allow: "GET, HEAD" }).end();
  } else if (path === "/health") {
    const report = healthReport(parts.sources);
    const code = report.state === HealthState.failing ? 503 : 200;
    const body = { state: report.state, ...parts.about, uptimeSeconds: Math.round(process.uptime()), checks: report.checks };
    response.writeHead(code, { "content-type": "application/json", "cache-control": "no-store" }).end(`${JSON.stringify(body, null, 2)}\n`);
  } else if (path === "/metrics") {
    response.writeHead(200, { "content-type": parts.registry.contentType, "cache-control": "no-store" }).end(await parts.registry.scrape());
  } else {
    response.writeHead(404, { "content-type": "text/plain" }).end("see /health and /metrics\n");
  }
}
