import { Type } from "typebox";
import { EventDocument } from "../../twin/documents/event-document.ts";
import type { RouteTable } from "./route-spec.ts";

const tag = "events";
const After = Type.Optional(Type.Integer({ minimum: 0, description: "events behind this number" }));
const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 }));

export const EventPage = Type.Object(
  {
    items: Type.Array(EventDocument),
    oldest: Type.Integer({ description: "the first event that is still kept" }),
    newest: Type.Integer(),
    next: Type.Integer({ description: "where to go on: all up to it was looked at" }),
  },
  { $id: "EventPage", additionalProperties: false },
);

export const Notices = Type.Object(
  {
    unread: Type.Integer(),
    read: Type.Integer({ description: "number of the newest event that was read" }),
    items: Type.Array(EventDocument),
  },
  { $id: "Notices", additionalProperties: false },
);

export const eventRoutes = {
  listEvents: {
    method: "GET",
    path: "/api/v1/events",
    permission: "event:list",
    tag,
    summary: "List what happened",
    description: "Oldest first; only what the asker may see.",
    query: Type.Object({ after: After, limit: Limit }, { additionalProperties: false }),
    answer: EventPage,
  },
  streamEvents: {
    method: "GET",
    path: "/api/v1/events/stream",
    permission: "event:list",
    tag,
    summary: "Follow what happens, without a gap",
    description:
      "Server-sent events: `event` with an Event, its number as id. Resumes behind `after` or Last-Event-ID; without them it begins with what happens next. `resync` with oldest and newest says that what was asked for is no longer kept: read the documents anew; it goes on behind newest.",
    query: Type.Object({ after: After }, { additionalProperties: false }),
    produces: "text/event-stream",
    errors: ["EDGE_STREAMS_FULL"],
  },
  streamLive: {
    method: "GET",
    path: "/api/v1/live",
    permission: "record:read",
    tag,
    summary: "Follow newest values, links of boards and events",
    description:
      "Server-sent events: `values` with a list of newest readings, first those known already, then changes; `link` with board and link; `event` as in the stream of events. A slow reader loses intermediate values, never the newest.",
    query: Type.Object(
      {
        values: Type.Optional(Type.String({ minLength: 1, maxLength: 8192, description: "things, joined by commas, or * for all" })),
        links: Type.Optional(Type.Boolean()),
        events: Type.Optional(Type.Boolean()),
      },
      { additionalProperties: false },
    ),
    produces: "text/event-stream",
    errors: ["EDGE_STREAMS_FULL"],
  },
  listNotices: {
    method: "GET",
    path: "/api/v1/notices",
    permission: "event:list",
    tag,
    summary: "What deserves a look",
    description: "Events of severity notice, warning and alarm, newest first, and how many of them the asker has not read.",
    query: Type.Object({ limit: Limit }, { additionalProperties: false }),
    answer: Notices,
  },
  readNotices: {
    method: "POST",
    path: "/api/v1/notices/read",
    permission: "login",
    tag,
    summary: "Mark notices as read",
    body: Type.Object(
      { seq: Type.Integer({ minimum: 0, description: "all up to this event" }) },
      { $id: "ReadNotices", additionalProperties: false },
    ),
  },
} as const satisfies RouteTable;
