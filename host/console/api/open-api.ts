import { STATUS_CODES } from "node:http";
import { closedSet } from "../../../shared/base/describe-schema.ts";
import type { JsonSchema } from "../../../shared/base/json-schema.ts";
import { ProblemDocument } from "../../../shared/console/api/problem-api.ts";
import { BodyForm, type RouteSpec, statusOf } from "../../../shared/console/api/route-spec.ts";
import type { DocsParts } from "./docs-parts.ts";
import { problemStatus } from "./problem-status.ts";

type Json = Record<string, unknown>;

/** Schemas that have a name stand once, among the components. */
class Components {
  readonly schemas: Record<string, Json> = {};

  of(schema: JsonSchema): Json {
    const { $id, ...unnamed } = schema;
    if ($id === undefined) return this.#copy(unnamed);
    if (this.schemas[$id] === undefined) {
      this.schemas[$id] = {};
      this.schemas[$id] = this.#copy(unnamed);
    }
    return { $ref: `#/components/schemas/${$id}` };
  }

  #copy(schema: JsonSchema): Json {
    const { anyOf, properties, patternProperties, additionalProperties, items, ...rest } = schema;
    const values = anyOf === undefined ? undefined : closedSet(schema);
    if (values !== undefined) return { ...rest, enum: values };
    return {
      ...rest,
      ...(anyOf !== undefined && { anyOf: anyOf.map((branch) => this.of(branch)) }),
      ...(properties !== undefined && { properties: this.#all(properties) }),
      ...(patternProperties !== undefined && { patternProperties: this.#all(patternProperties) }),
      ...(additionalProperties !== undefined && {
        additionalProperties: typeof additionalProperties === "object" ? this.of(additionalProperties) : additionalProperties,
      }),
      ...(items !== undefined && { items: this.of(items) }),
    };
  }

  #all(schemas: Readonly<Record<string, JsonSchema>>): Json {
    return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, this.of(schema)]));
  }
}

function parametersOf(components: Components, place: "path" | "query", schema: JsonSchema | undefined): readonly Json[] {
  return Object.entries(schema?.properties ?? {}).map(([name, { description, ...form }]) => ({
    name,
    in: place,
    required: place === "path" || schema?.required?.includes(name) === true,
    ...(description !== undefined && { description }),
    schema: components.of(form),
  }));
}

const header = (name: string, description: string): Json => ({
  name,
  in: "header",
  required: false,
  description,
  schema: { type: "string" },
});

function headersOf(route: RouteSpec): readonly Json[] {
  const headers: Json[] = [];
  if (route.etag === "document" && route.method === "GET")
    headers.push(header("if-none-match", 'the ETag that is known, as in "rev-7": 304 while it holds'));
  if (route.ifMatch === true || (route.etag !== undefined && (route.method === "PATCH" || route.method === "DELETE")))
    headers.push(header("if-match", 'the ETag of what was seen, as in "rev-7": 412 when it changed meanwhile'));
  if (route.produces === "text/event-stream") headers.push(header("last-event-id", "where the stream broke off"));
  return headers;
}

/** Codes that a route may answer with, by status. */
function errorsOf(route: RouteSpec): ReadonlyMap<number, readonly string[]> {
  const codes = ["EDGE_RATE_EXCEEDED", "EDGE_INTERNAL", ...(route.errors ?? [])];
  if (route.permission !== "public") codes.push("EDGE_UNAUTHENTICATED");
  if (route.permission !== "public" && route.permission !== "login") codes.push("EDGE_FORBIDDEN");
  if (route.params !== undefined || route.query !== undefined || route.body !== undefined) codes.push("EDGE_REQUEST_INVALID");
  if (route.path.includes("{")) codes.push("EDGE_NOT_FOUND");
  if (route.method !== "GET") codes.push("EDGE_CSRF");
  if (route.body !== undefined) codes.push("EDGE_BODY_TOO_LARGE", "EDGE_MEDIA_TYPE");
  if (route.ifMatch === true || (route.etag !== undefined && route.method !== "GET" && route.method !== "POST"))
    codes.push("EDGE_REVISION_CONFLICT");
  const byStatus = new Map<number, string[]>();
  for (const code of codes) {
    const status = problemStatus[code] ?? 500;
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return byStatus;
}

function bodyOf(components: Components, route: RouteSpec): Json {
  if (route.body === undefined) return {};
  const form = route.bodyForm ?? "json";
  const schema = form === "bytes" ? { type: "string", format: "binary" } : components.of(route.body);
  const content = Object.fromEntries(BodyForm[form].map((type) => [type, { schema }]));
  return { requestBody: { required: route.bodyOptional !== true, content } };
}

function answersOf(components: Components, route: RouteSpec): Json {
  const status = statusOf(route);
  const responses: Json = {};
  const etag =
    route.etag === undefined ? {} : { headers: { etag: { description: "revision of the document", schema: { type: "string" } } } };
  if (route.produces !== undefined)
    responses[status] = { description: "done", content: { [route.produces]: { schema: { type: "string" } } } };
  else if (route.answer === undefined) responses[status] = { description: "done" };
  else responses[status] = { description: "done", ...etag, content: { "application/json": { schema: components.of(route.answer) } } };
  if (status === 202) responses[204] = { description: "done, and nothing is left" };
  for (const [code, codes] of errorsOf(route))
    responses[code] = {
      description: `${STATUS_CODES[code]}: ${codes.join(", ")}`,
      content: { "application/problem+json": { schema: components.of(ProblemDocument) } },
    };
  return responses;
}

/** The routes as OpenAPI 3.1. `x-permission` is what each needs, `x-roles` who has it. */
export function openApi({ routes, access, version }: DocsParts): object {
  const components = new Components();
  const paths: Record<string, Json> = {};
  const tags = new Set<string>();
  for (const [name, route] of Object.entries(routes)) {
    const { permission, tag } = route;
    tags.add(tag);
    const open = permission === "public" || permission === "login";
    const parameters = [
      ...parametersOf(components, "path", route.params),
      ...parametersOf(components, "query", route.query),
      ...headersOf(route),
    ];
    paths[route.path] = {
      ...paths[route.path],
      [route.method.toLowerCase()]: {
        operationId: name,
        tags: [tag],
        summary: route.summary,
        ...(route.description !== undefined && { description: route.description }),
        "x-permission": permission,
        ...(!open && { "x-roles": access.rolesOf(permission), "x-scope": route.everywhere === true ? "all" : "of the document" }),
        security: permission === "public" ? [] : [{ key: [] }, { session: [] }],
        ...(parameters.length > 0 && { parameters }),
        ...bodyOf(components, route),
        responses: answersOf(components, route),
      },
    };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Penstock gateway",
      version,
      description:
        "Every failure is a problem (RFC 9457) with a stable code. Requests with a cookie that change something need the header x-csrf-token, which the session tells.",
    },
    servers: [{ url: "/" }],
    tags: [...tags].map((name) => ({ name })),
    paths,
    components: {
      schemas: components.schemas,
      securitySchemes: {
        key: { type: "http", scheme: "bearer", description: "API key, or the first-start token" },
        session: { type: "apiKey", in: "cookie", name: "penstock_session" },
      },
    },
  };
}
