import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import path from "node:path";
import type { EventDocument } from "../../shared/twin/documents/event-document.ts";
import type { FeatureOfThing } from "../../shared/twin/documents/feature-of-thing-document.ts";
import type { OperationDocument } from "../../shared/twin/documents/operation-document.ts";
import { type MockAnswer, type MockHost, MockRefusal, type MockSession } from "./web-mock-call.ts";
import { WebMockPlant } from "./web-mock-plant.ts";
import { answerMock } from "./web-mock-routes.ts";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};
const policy = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

/** Serves the built console and as much of the REST contract as it uses, with two pump stations that run. No store, no broker: for tests of screens alone. */
export class WebMockGateway implements MockHost, AsyncDisposable {
  readonly url: string;
  readonly plant: WebMockPlant;
  readonly sessions = new Map<string, MockSession>();
  readonly #server: Server;
  readonly #dist: string;
  readonly #streams = new Set<{ readonly answer: ServerResponse; readonly values: string; readonly user: string }>();
  readonly #timer: NodeJS.Timeout;
  /** While true nothing is answered, as if the gateway were gone. */
  away = false;

  private constructor(parts: { readonly server: Server; readonly url: string; readonly dist: string }) {
    this.url = parts.url;
    this.#server = parts.server;
    this.#dist = parts.dist;
    this.plant = new WebMockPlant(Date.now());
    this.#timer = setInterval(() => this.#tick(), 250);
    parts.server.on("request", (request: IncomingMessage, answer: ServerResponse) => void this.#serve(request, answer));
  }

  static async open(parts: { readonly dist: string; readonly port?: number }): Promise<WebMockGateway> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(parts.port ?? 0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the mock has no port");
    return new WebMockGateway({ server, url: `http://127.0.0.1:${address.port}`, dist: parts.dist });
  }

  /** Lets every connection drop and answers nothing until it is back. */
  setAway(away: boolean): void {
    this.away = away;
    if (!away) return;
    this.#server.closeAllConnections();
    this.#streams.clear();
  }

  /** Something happened: every stream is told. */
  tell(event: Omit<EventDocument, "seq">): void {
    this.#send("event", this.plant.happen(event));
  }

  /** Carries an operation to its end, a step every `pace` milliseconds, as a board would. */
  carryOut(operation: OperationDocument, pace = 120): void {
    const station = this.plant.station(operation.target.thing);
    const id = operation.target.feature ?? "";
    const value = isRecord(operation.input) ? operation.input["value"] : undefined;
    const steps: readonly OperationDocument["state"][] = ["queued", "sent", "succeeded"];
    for (const [index, state] of steps.entries())
      setTimeout(
        () => {
          const refusal = state === "succeeded" ? station?.write(id, value) : undefined;
          this.#setOperation(operation.id, refusal === undefined ? state : "rejected", refusal);
          if (state !== "succeeded" || station === undefined) return;
          const at = station.features.findIndex((feature) => feature.id === id);
          const feature = station.features[at];
          if (feature !== undefined) station.features[at] = settled(feature, operation, refusal);
          this.tell({
            at: Date.now(),
            type: "feature.updated",
            kind: "feature",
            id: `${station.thing}/${id}`,
            thing: station.thing,
            actor: "system",
            severity: "info",
            mask: ["observedRev"],
          });
        },
        pace * (index + 1),
      );
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #setOperation(id: string, state: OperationDocument["state"], refusal: string | undefined): void {
    const at = this.plant.operations.findIndex((operation) => operation.id === id);
    const now = this.plant.operations[at];
    if (now === undefined) return;
    this.plant.operations[at] = {
      ...now,
      state,
      rev: now.rev + 1,
      history: [...now.history, { state, at: Date.now() }],
      ...(refusal !== undefined && { error: { code: "EDGE_WRITE_REFUSED", message: refusal } }),
    };
    this.tell({
      at: Date.now(),
      type: "operation.updated",
      kind: "operation",
      id,
      thing: now.target.thing,
      actor: "system",
      severity: "info",
      mask: ["state"],
    });
  }

  #tick(): void {
    const now = Date.now();
    const readings = this.plant.stations.flatMap((station) => station.advance(now));
    for (const { answer, values } of this.#streams) {
      const wanted = values.split(",");
      const some = values === "*" ? readings : readings.filter(({ thing }) => wanted.includes(thing));
      if (some.length > 0) answer.write(`event: values\ndata: ${JSON.stringify(some)}\n\n`);
    }
  }

  #send(name: string, data: unknown): void {
    for (const { answer } of this.#streams) answer.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  async #serve(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    if (this.away) {
      request.socket.destroy();
      return;
    }
    const url = new URL(request.url ?? "/", this.url);
    if (!url.pathname.startsWith("/api/v1/")) {
      await this.#file(url.pathname, answer);
      return;
    }
    const session = this.#sessionOf(request);
    try {
      const body = await readBody(request);
      const path = url.pathname.slice("/api/v1".length);
      if (path === "/live" && session?.user !== undefined) {
        answer.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
        answer.write(": hello\n\n");
        const stream = { answer, values: url.searchParams.get("values") ?? "", user: session.user.id };
        this.#streams.add(stream);
        request.once("close", () => this.#streams.delete(stream));
        return;
      }
      if (
        request.method !== "GET" &&
        session !== undefined &&
        !path.startsWith("/session") &&
        request.headers["x-csrf-token"] !== session.csrf
      )
        throw new MockRefusal(403, "EDGE_CSRF", "the request lacks its token");
      this.#reply(answer, answerMock({ gateway: this, session, method: request.method ?? "GET", path, query: url.searchParams, body }));
    } catch (error) {
      const refusal = error instanceof MockRefusal ? error : new MockRefusal(500, "EDGE_INTERNAL", String(error));
      answer.writeHead(refusal.status, { "content-type": "application/problem+json" });
      answer.end(
        JSON.stringify({
          type: `urn:penstock:error:${refusal.code}`,
          title: refusal.code,
          status: refusal.status,
          detail: refusal.message,
          code: refusal.code,
          remedy: refusal.remedy,
          problems: refusal.problems,
          instance: "1",
        }),
      );
    }
  }

  #reply(answer: ServerResponse, { status = 200, body, session, leave = false }: MockAnswer): void {
    const headers: Record<string, string> = { "content-type": "application/json", "cache-control": "no-store" };
    if (session !== undefined) {
      const id = randomBytes(8).toString("hex");
      this.sessions.set(id, session);
      headers["set-cookie"] = `penstock_session=${id}; HttpOnly; SameSite=Strict; Path=/`;
    }
    if (leave) headers["set-cookie"] = "penstock_session=; Max-Age=0; Path=/";
    answer.writeHead(body === undefined ? 204 : status, headers);
    answer.end(body === undefined ? undefined : JSON.stringify(body));
  }

  #sessionOf(request: IncomingMessage): MockSession | undefined {
    const id = /penstock_session=([0-9a-f]+)/.exec(request.headers.cookie ?? "")?.[1];
    return id === undefined ? undefined : this.sessions.get(id);
  }

  async #file(name: string, answer: ServerResponse): Promise<void> {
    const asked = path.join(this.#dist, path.normalize(name));
    const found = path.extname(name) !== "" && asked.startsWith(this.#dist) ? asked : path.join(this.#dist, "index.html");
    try {
      const bytes = await readFile(found);
      answer.writeHead(200, {
        "content-type": types[path.extname(found)] ?? "application/octet-stream",
        "content-security-policy": policy,
      });
      answer.end(bytes);
    } catch {
      answer.writeHead(404).end();
    }
  }
}

function settled(feature: FeatureOfThing, operation: OperationDocument, refusal: string | undefined): FeatureOfThing {
  if (operation.desiredRev === undefined) return feature;
  const error = { code: "EDGE_WRITE_REFUSED", message: refusal ?? "", since: Date.now(), desiredRev: feature.desiredRev };
  return {
    ...feature,
    observedRev: operation.desiredRev,
    rev: feature.rev + 1,
    reconcile: refusal === undefined ? { attempts: 0 } : { attempts: 1, error },
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString("utf8");
  const body: unknown = text === "" ? {} : JSON.parse(text);
  return isRecord(body) ? body : {};
}
