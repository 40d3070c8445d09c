import type { Clock } from "../../../shared/base/clock.ts";
import type { recordRoutes } from "../../../shared/console/api/record-api.ts";
import type { Access, Actor } from "../../../shared/twin/access/access-ports.ts";
import type { RefusalLog } from "../../../shared/twin/access/audit-port.ts";
import type { Reading } from "../../../shared/twin/documents/reading.ts";
import type { History } from "../../../shared/twin/store-ports.ts";
import type { Handlers } from "./api-call.ts";
import { RequestInvalid } from "./api-errors.ts";

export interface RecordParts {
  readonly history: History;
  readonly access: Access;
  readonly refusals: RefusalLog;
  readonly clock: Clock;
}

const hour = 3_600_000;
const cursorForm = /^(\d{1,16})-(\d{1,16})-(\d{1,16})$/;

const cursorOf = ({ source, term, seq }: Reading): string => `${source}-${term}-${seq}`;

function readCursor(text: string): Pick<Reading, "source" | "term" | "seq"> {
  const [, source, term, seq] = cursorForm.exec(text) ?? [];
  if (source === undefined || term === undefined || seq === undefined)
    throw new RequestInvalid([{ path: "/query/cursor", message: "is not one", expected: "the cursor of the page before" }]);
  return { source: Number(source), term: Number(term), seq: Number(seq) };
}

/** What was measured, for those who may read it. */
export function recordHandlers({ history, access, refusals, clock }: RecordParts): Handlers<typeof recordRoutes> {
  const check = (actor: Actor, thing: string): void => {
    const refusal = access.refusal(actor, "record:read", { thing });
    if (refusal === undefined) return;
    refusals.refused(actor, { action: "record:read", kind: "record", id: thing }, refusal.code);
    throw refusal;
  };
  /** @throws {RequestInvalid} when it ends before it begins */
  const span = (given: {
    readonly from?: number | undefined;
    readonly to?: number | undefined;
  }): { readonly from: number; readonly to: number } => {
    const to = given.to ?? clock.wall() + 1;
    const from = given.from ?? Math.max(0, to - hour);
    if (from < to) return { from, to };
    throw new RequestInvalid([{ path: "/query/from", message: `${from} is not before ${to}`, expected: "a time before `to`" }]);
  };
  return {
    listRecords: async (call, { query: { thing, feature, from, to, limit = 500, order, cursor } }) => {
      check(call.actor, thing);
      const after = cursor === undefined ? {} : { after: readCursor(cursor) };
      const items = await history.readings(
        { thing, feature, ...span({ from, to }), limit, reverse: order === "desc", ...after },
        call.stop,
      );
      const last = items.length === limit ? items.at(-1) : undefined;
      return { items, ...(last !== undefined && { cursor: cursorOf(last) }) };
    },
    listBuckets: (call, { query: { thing, feature, from, to, buckets = 500, path } }) => {
      check(call.actor, thing);
      return history.buckets({ thing, feature, ...span({ from, to }), buckets, ...(path !== undefined && { path }) }, call.stop);
    },
  };
}
