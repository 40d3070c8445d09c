import test from "ava";
import { type ServerEvent, serverEvents } from "../../host/console/cli/server-events.ts";
import { NodeClock } from "../../host/platform/clock-node.ts";
import { LevelGatewayStore } from "../../host/twin/store/level-gateway-store.ts";
import { storeDirectory } from "../../host/twin/store/store-directory.ts";
import { FakeLog } from "../harness/fake-log.ts";
import { RunningGateway } from "../harness/running-gateway.ts";

const config = { id: "centre" };

/** Puts events into the store of a gateway that is down. @param most events that are kept */
async function happen(data: string, count: number, most?: number): Promise<void> {
  const options = {
    directory: storeDirectory(data),
    clock: new NodeClock(),
    log: new FakeLog(),
    ...(most !== undefined && { events: most }),
  };
  await using store = await LevelGatewayStore.open(options);
  for (let made = 0; made < count; made += 500) {
    const events = Array.from({ length: Math.min(500, count - made) }, (_, at) => ({
      type: "drill.happened",
      kind: "node",
      id: "drill",
      severity: "info" as const,
      data: { n: made + at },
    }));
    await store.commit({ actor: "system", events });
  }
}

/** Follows the stream as one who has all up to `after`, until it has seen enough. */
async function follow(gateway: RunningGateway, after: number, seen: (event: ServerEvent) => boolean): Promise<void> {
  const stop = new AbortController();
  const headers = { authorization: `Bearer ${gateway.token}`, "last-event-id": `${after}` };
  const answer = await fetch(`${gateway.url}/api/v1/events/stream`, { headers, signal: stop.signal });
  try {
    for await (const event of serverEvents(answer)) if (seen(event)) return;
  } finally {
    stop.abort();
  }
}

test("a subscriber that missed 10,000 events has them all in order, and then what happens next; one that is too late is told to start anew", async (t) => {
  t.timeout(120_000);
  const first = await RunningGateway.start({ config });
  t.teardown(() => first.clean());
  await first.ask("POST", "/api/v1/things", { id: "tank-0", kind: "site" });
  let had = 0;
  await follow(first, 0, ({ id, data }) => {
    had = Number(id);
    return data.includes('"tank-0"');
  });
  t.true(had > 0);
  await first.stop();
  await happen(first.data, 10_000);

  const second = await RunningGateway.start({ config, data: first.data });
  t.teardown(() => second.clean());
  let last = had;
  let missed = 0;
  const gaps: string[] = [];
  let asked: Promise<unknown> | undefined;
  await follow(second, had, ({ event, id, data }) => {
    if (event !== "event" || Number(id) !== last + 1) gaps.push(`${event} ${id} behind ${last}`);
    last = Number(id);
    if (data.includes('"drill.happened"')) missed += 1;
    // While it still reads what it missed, something happens.
    if (missed === 5000) asked ??= second.ask("POST", "/api/v1/things", { id: "tank-1", kind: "site" });
    return data.includes('"tank-1"');
  });
  await asked;
  t.deepEqual(gaps, []);
  t.is(missed, 10_000);
  await second.stop();
  await happen(first.data, 2000, 3000);

  const third = await RunningGateway.start({ config, data: first.data });
  t.teardown(() => third.clean());
  const told: ServerEvent[] = [];
  await follow(third, had, (event) => {
    told.push(event);
    if (told.length === 1) void third.request("POST", "/api/v1/things", { id: "tank-2", kind: "site" });
    return event.data.includes('"tank-2"');
  });
  const [resync, ...next] = told;
  t.is(resync?.event, "resync");
  const { oldest, newest } = JSON.parse(resync?.data ?? "{}");
  t.true(oldest > had && newest >= oldest);
  // It goes on behind the newest.
  t.deepEqual(
    next.map(({ event, id }) => `${event} ${id}`),
    next.map((_, at) => `event ${newest + 1 + at}`),
  );
  const page = await third.ask("GET", `/api/v1/events?after=${oldest - 1}&limit=1`);
  t.like(page, { oldest });
});
