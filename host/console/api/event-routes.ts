import type { Clock } from "../../../shared/base/clock.ts";
import { isId } from "../../../shared/base/id.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { eventRoutes } from "../../../shared/console/api/event-api.ts";
import type { Boards, LiveFeed, LiveReading } from "../../../shared/console/gateway-ports.ts";
import type { Access } from "../../../shared/twin/access/access-ports.ts";
import type { EventDocument } from "../../../shared/twin/documents/event-document.ts";
import type { GatewayStore } from "../../../shared/twin/store-ports.ts";
import { type ApiCall, answered, type Handlers } from "./api-call.ts";
import { RequestInvalid } from "./api-errors.ts";
import type { ApiSettings } from "./api-settings.ts";
import type { EventTail } from "./event-tail.ts";
import { followEvents } from "./follow-events.ts";
import { ValueFollower } from "./follow-values.ts";
import { lookedAt, NoticeBook, slice } from "./notices.ts";
import { Sight } from "./sight.ts";
import type { StreamConnection } from "./stream-connection.ts";
import type { OpenStream, Streams } from "./streams.ts";

export interface EventParts {
  readonly store: GatewayStore;
  readonly access: Access;
  readonly boards: Boards;
  readonly live: LiveFeed;
  readonly streams: Streams;
  readonly tail: EventTail;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: ApiSettings;
}

/** Things whose newest values are put together at once. */
const thingsAtOnce = 500;

export function eventHandlers(parts: EventParts): Handlers<typeof eventRoutes> {
  const { store, access, boards, live, streams, tail, clock, log, settings } = parts;
  const notices = new NoticeBook({ store, tail });

  const follow = ({ connection, sight }: OpenStream, after: number): void =>
    followEvents({
      connection,
      tail,
      after,
      sees: (event) => sight.event(event),
      onFailure: (error) => log.error({ error }, "a stream of events was ended since events cannot be read"),
    });

  /** Gives the newest values of all things that are wanted, some things at a time. */
  async function sendKnown(follower: ValueFollower, stream: OpenStream, wanted: ReadonlySet<string> | undefined): Promise<void> {
    const send = (things: Iterable<string>): void => {
      for (const thing of things) if (stream.sight.readings(thing)) follower.add(newestOf(thing));
    };
    if (wanted !== undefined) {
      send(wanted);
      return;
    }
    for (let after: string | undefined; !stream.connection.closed; ) {
      const things = await store.list("thing", { limit: thingsAtOnce, ...(after !== undefined && { after }) });
      send(things.map(({ id }) => id));
      after = things.at(-1)?.id;
      if (things.length < thingsAtOnce) return;
    }
  }

  const newestOf = (thing: string): readonly LiveReading[] =>
    store.history.latestOf(thing).map((reading) => live.latest(thing, reading.feature) ?? withoutPlace(reading));

  const newFollower = (connection: StreamConnection): ValueFollower =>
    new ValueFollower({
      connection,
      clock,
      coalesce: settings.coalesce,
      onReplaced: (count) => {
        streams.replaced += count;
      },
    });

  function streamValues(stream: OpenStream, wanted: ReadonlySet<string> | undefined): void {
    const { connection, sight } = stream;
    const follower = newFollower(connection);
    const may = (thing: string): boolean => (wanted === undefined || wanted.has(thing)) && sight.readings(thing);
    connection.onClose(live.onValues((values) => follower.add(values.filter(({ thing }) => may(thing)))));
    sendKnown(follower, stream, wanted).catch((error: unknown) => {
      log.error({ error }, "a stream of values was ended since things cannot be read");
      connection.close();
    });
  }

  function streamLinks({ connection, sight }: OpenStream): void {
    const follower = newFollower(connection);
    connection.onClose(
      boards.onState((board, state) => {
        if (sight.board(board)) follower.addLink(board, state);
      }),
    );
    boards.list().then(
      (all) => {
        for (const { id, link } of all) if (sight.board(id)) follower.addLink(id, link);
      },
      (error: unknown) => {
        log.error({ error }, "a stream of links was ended since boards cannot be listed");
        connection.close();
      },
    );
  }

  return {
    listEvents: async (call, { query: { after = 0, limit = 50 } }) => {
      const sight = new Sight(access, call.actor);
      const items: EventDocument[] = [];
      let next = after;
      for (let looked = 0; looked < lookedAt && items.length < limit; looked += slice) {
        const { events } = await tail.read(next, slice);
        for (const event of events) {
          if (items.length === limit) break;
          if (sight.event(event)) items.push(event);
          next = event.seq;
        }
        if (events.length < slice) break;
      }
      const { oldest, newest } = await store.events(0, 1);
      return { items, oldest, newest, next };
    },
    streamEvents: (call, { query }) => {
      const after = query.after ?? lastEventId(call) ?? tail.newest;
      follow(streams.open(call), after);
      return answered;
    },
    streamLive: (call, { query: { values, links = false, events = false } }) => {
      const wanted = values === undefined || values === "*" ? undefined : thingsIn(values);
      const after = lastEventId(call) ?? tail.newest;
      const stream = streams.open(call);
      if (values !== undefined) streamValues(stream, wanted);
      if (links) streamLinks(stream);
      if (events) follow(stream, after);
      return answered;
    },
    listNotices: (call, { query: { limit = 50 } }) => notices.list(call.actor, new Sight(access, call.actor), limit),
    readNotices: (call, { body }) => notices.markRead(call.actor, body.seq),
  };
}

const withoutPlace = ({ term: _term, seq: _seq, ...reading }: LiveReading & { readonly term: number; readonly seq: number }): LiveReading =>
  reading;

/** @throws {RequestInvalid} */
function thingsIn(text: string): ReadonlySet<string> {
  const things = text.split(",");
  const wrong = things.find((thing) => !isId(thing));
  if (wrong === undefined) return new Set(things);
  throw new RequestInvalid([
    {
      path: "/query/values",
      message: `${JSON.stringify(wrong.slice(0, 80))} is not allowed`,
      expected: "ids of things, joined by commas, or *",
    },
  ]);
}

/** Where the browser was when the stream broke off. @throws {RequestInvalid} */
function lastEventId({ request }: ApiCall): number | undefined {
  const header = request.headers["last-event-id"];
  if (header === undefined || header === "") return undefined;
  if (typeof header === "string" && /^\d{1,15}$/.test(header)) return Number(header);
  throw new RequestInvalid([{ path: "/headers/last-event-id", message: "is not one", expected: "the number of an event" }]);
}
