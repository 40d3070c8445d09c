import { type Static, Type } from "typebox";
import { AuditDocument, EventDocument } from "../../twin/documents/event-document.ts";
import type { RouteTable } from "./route-spec.ts";

const tag = "node";
const Free = Type.Record(Type.String(), Type.Unknown());

export const HealthAnswer = Type.Object(
  { status: Type.Union([Type.Literal("ok"), Type.Literal("degraded")]) },
  { $id: "Health", additionalProperties: false },
);

export const NodeView = Type.Object(
  {
    id: Type.String(),
    version: Type.String(),
    hostname: Type.String(),
    os: Type.String(),
    arch: Type.String(),
    node: Type.String({ description: "version of Node" }),
    startedAt: Type.Number(),
    cpus: Type.Integer(),
    cpu: Type.Number({ description: "share of all processors, 0 to 1" }),
    ownCpu: Type.Number(),
    load: Type.Array(Type.Number()),
    memory: Type.Object({ total: Type.Number(), free: Type.Number(), own: Type.Number() }, { additionalProperties: false }),
    disk: Type.Object({ total: Type.Number(), free: Type.Number(), data: Type.Number() }, { additionalProperties: false }),
    addresses: Type.Array(Type.String()),
    clock: Type.Object(
      { now: Type.Number(), synchronised: Type.Optional(Type.Boolean({ description: "absent where nobody can tell" })) },
      { additionalProperties: false },
    ),
    board: Free,
    store: Free,
    problems: Type.Array(
      Type.Object({ part: Type.String(), text: Type.String(), remedy: Type.Optional(Type.String()) }, { additionalProperties: false }),
    ),
  },
  { $id: "Node", additionalProperties: false },
);

const Count = Type.Integer({ minimum: 0 });
export const Overview = Type.Object(
  {
    boards: Type.Object({ total: Count, online: Count, lost: Count, discovered: Count }, { additionalProperties: false }),
    things: Count,
    features: Count,
    qualities: Type.Object({ good: Count, uncertain: Count, bad: Count, stale: Count }, { additionalProperties: false }),
    alarms: Type.Array(EventDocument),
    operations: Type.Object({ open: Count, failed: Count }, { additionalProperties: false }),
  },
  { $id: "Overview", additionalProperties: false },
);
export type Overview = Static<typeof Overview>;

export const AuditPage = Type.Object(
  { items: Type.Array(AuditDocument), cursor: Type.Optional(Type.String({ description: "asks for the next page, as `after`" })) },
  { $id: "AuditPage", additionalProperties: false },
);

export const AuditVerdictView = Type.Object(
  {
    ok: Type.Boolean(),
    lines: Count,
    first: Type.Optional(Type.Integer({ description: "the first line that is still kept" })),
    wrong: Type.Optional(Type.Integer({ description: "the first line that was changed" })),
  },
  { $id: "AuditVerdict", additionalProperties: false },
);

export const nodeRoutes = {
  getHealth: {
    method: "GET",
    path: "/health",
    permission: "public",
    tag,
    summary: "Whether the gateway does its work",
    answer: HealthAnswer,
  },
  getMetrics: {
    method: "GET",
    path: "/metrics",
    permission: "node:read",
    everywhere: true,
    tag,
    summary: "Counters for Prometheus",
    produces: "text/plain; version=0.0.4; charset=utf-8",
  },
  getOpenApi: {
    method: "GET",
    path: "/api/openapi.json",
    permission: "public",
    tag,
    summary: "This description, for programs",
    answer: Free,
  },
  getDocs: {
    method: "GET",
    path: "/api/docs",
    permission: "public",
    tag,
    summary: "This description, for people",
    produces: "text/html; charset=utf-8",
  },
  getNode: {
    method: "GET",
    path: "/api/v1/node",
    permission: "node:read",
    everywhere: true,
    tag,
    summary: "The machine and the parts of the gateway",
    answer: NodeView,
  },
  getOverview: {
    method: "GET",
    path: "/api/v1/overview",
    permission: "thing:list",
    tag,
    summary: "The plant in a few figures",
    description: "Of what the asker may see.",
    answer: Overview,
  },
  getBackup: {
    method: "GET",
    path: "/api/v1/backup",
    permission: "backup:read",
    everywhere: true,
    tag,
    summary: "Download a backup of all that is stored",
    produces: "application/octet-stream",
  },
  listAudit: {
    method: "GET",
    path: "/api/v1/audit",
    permission: "audit:list",
    everywhere: true,
    tag: "audit",
    summary: "Who did what, and what was refused",
    query: Type.Object(
      {
        after: Type.Optional(Type.Integer({ minimum: 0, description: "lines behind this number, or before it in descending order" })),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
        order: Type.Optional(Type.Union([Type.Literal("asc"), Type.Literal("desc")], { default: "asc" })),
      },
      { additionalProperties: false },
    ),
    answer: AuditPage,
  },
  verifyAudit: {
    method: "GET",
    path: "/api/v1/audit/verify",
    permission: "audit:read",
    everywhere: true,
    tag: "audit",
    summary: "Find a changed line of the audit log",
    answer: AuditVerdictView,
  },
} as const satisfies RouteTable;
