import type { FastifyInstance } from "fastify";
import type { Log } from "../../../shared/base/log.ts";
import type { RouteTable } from "../../../shared/console/api/route-spec.ts";
import { MethodRefused, RouteUnknown } from "./api-errors.ts";
import { sendProblem } from "./bind-route.ts";
import type { ConsoleFiles } from "./console-files.ts";
import { type Door, factsOf } from "./door.ts";
import type { SecurityHeaders } from "./security-headers.ts";
import { serveConsole } from "./serve-console.ts";

export interface RestParts {
  readonly app: FastifyInstance;
  readonly door: Door;
  readonly log: Log;
  readonly headers: SecurityHeaders;
  readonly routes: RouteTable;
  readonly files: ConsoleFiles | undefined;
}

/** Methods by which a path is served, by the form of the path. */
const formOf = (path: string): RegExp => new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/\{[a-z]+\}/g, "[^/]+")}/?$`);

/** Answers what no route is for: files of the console, and problems for the rest. */
export function serveRest({ app, door, log, headers, routes, files }: RestParts): void {
  const parts = { log, headers };
  const forms = new Map<string, { readonly form: RegExp; readonly methods: string[] }>();
  for (const { method, path, answer } of Object.values(routes)) {
    const known = forms.get(path) ?? { form: formOf(path), methods: [] };
    known.methods.push(...(method === "GET" && answer !== undefined ? ["GET", "HEAD"] : [method]));
    forms.set(path, known);
  }
  app.setNotFoundHandler((request, reply) => {
    try {
      door.checkName(request.raw);
      door.countStranger(factsOf(request.raw).address);
      const path = request.url.split("?", 1)[0] ?? "/";
      const known = [...forms.values()].find(({ form }) => form.test(path));
      if (known !== undefined && !known.methods.includes(request.method)) throw new MethodRefused(request.method, known.methods.join(", "));
      if (known !== undefined || /^\/api(?:\/|$)/.test(path)) throw new RouteUnknown(path);
      return serveConsole(files, headers, request, reply);
    } catch (error) {
      return sendProblem(parts, request, reply, error);
    }
  });
}
