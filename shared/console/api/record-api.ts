import { type Static, Type } from "typebox";
import { idPattern } from "../../base/id.ts";
import type { RouteTable } from "./route-spec.ts";

const tag = "records";
const Quality = Type.Union([Type.Literal("good"), Type.Literal("uncertain"), Type.Literal("bad"), Type.Literal("stale")]);
const Time = (description: string) => Type.Optional(Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000, description }));
const span = {
  thing: Type.String({ pattern: idPattern }),
  feature: Type.String({ pattern: idPattern }),
  from: Time("source time, milliseconds since 1970; default an hour before `to`"),
  to: Time("excluded; default now"),
};

export const ReadingView = Type.Object(
  {
    thing: Type.String(),
    feature: Type.String(),
    value: Type.Unknown(),
    quality: Quality,
    source: Type.Number({ description: "when it was measured, milliseconds since 1970" }),
    received: Type.Number({ description: "when the board had it" }),
    reason: Type.Optional(Type.String({ description: "why it is not good" })),
    term: Type.Integer({ description: "place in its board's journal" }),
    seq: Type.Integer(),
  },
  { $id: "Reading", additionalProperties: false },
);

export const RecordPage = Type.Object(
  { items: Type.Array(ReadingView), cursor: Type.Optional(Type.String()) },
  { $id: "RecordPage", additionalProperties: false },
);

const Figure = (description: string) => Type.Optional(Type.Number({ description }));
export const BucketView = Type.Object(
  {
    from: Type.Number({ description: "begin of the span" }),
    count: Type.Integer(),
    min: Figure("of numbers that are not bad; absent where there are none"),
    max: Figure("as min"),
    mean: Figure("as min"),
    last: Type.Optional(Type.Unknown({ description: "the newest value" })),
    lastAt: Figure("its source time"),
    quality: Quality,
    qualities: Type.Object(
      { good: Type.Integer(), uncertain: Type.Integer(), bad: Type.Integer(), stale: Type.Integer() },
      { additionalProperties: false },
    ),
  },
  { $id: "Bucket", additionalProperties: false },
);
export type BucketView = Static<typeof BucketView>;

export const Buckets = Type.Object(
  { width: Type.Number({ description: "length of a span, milliseconds" }), buckets: Type.Array(BucketView) },
  { $id: "Buckets", additionalProperties: false },
);

export const recordRoutes = {
  listRecords: {
    method: "GET",
    path: "/api/v1/records",
    permission: "record:read",
    tag,
    summary: "Read what was measured",
    query: Type.Object(
      {
        ...span,
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 5000, default: 500 })),
        order: Type.Optional(Type.Union([Type.Literal("asc"), Type.Literal("desc")], { default: "asc" })),
        cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 128, description: "from the page before" })),
      },
      { additionalProperties: false },
    ),
    answer: RecordPage,
  },
  listBuckets: {
    method: "GET",
    path: "/api/v1/records/buckets",
    permission: "record:read",
    tag,
    summary: "Read what was measured, by spans of equal length",
    description: "Edges are moved out to whole multiples of the length; spans without a reading are left out.",
    query: Type.Object(
      {
        ...span,
        buckets: Type.Optional(Type.Integer({ minimum: 1, maximum: 2000, default: 500, description: "at most so many spans" })),
        path: Type.Optional(
          Type.String({ minLength: 1, maxLength: 128, description: "a part of values that are objects, steps joined by /" }),
        ),
      },
      { additionalProperties: false },
    ),
    answer: Buckets,
  },
} as const satisfies RouteTable;
