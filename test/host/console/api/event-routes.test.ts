import { once } from "node:events";
import { connect } from "node:net";
import test from "ava";
import { isJsonObject } from "../../../../shared/base/json.ts";
import { millis } from "../../../../shared/base/units.ts";
import { Role } from "../../../../shared/twin/documents/principal-document.ts";
import { until } from "../../../harness/until.ts";
import { onlineLink } from "./fake-boards.ts";
import { putFeature, putKey, putThing, reading, serveApi } from "./served-api.ts";
import { type SentEvent, StreamReader } from "./stream-reader.ts";

const member = (event: SentEvent | undefined, name: string): unknown => (isJsonObject(event?.data) ? event.data[name] : undefined);

test("a listener that missed 10,000 events goes on without a gap, then hears what happens", async (t) => {
  const { server, store } = await serveApi(t);
  const key = await putKey(store, "vera", [[Role.viewer, "all"]]);
  const { newest } = await store.events(0, 1);
  for (let round = 0; round < 20; round++) {
    const events = Array.from({ length: 500 }, (_, index) => ({
      type: "test.missed",
      kind: "thing",
      id: `${round * 500 + index}`,
      severity: "info" as const,
    }));
    await store.commit({ actor: "test", events });
  }
  await using stream = await StreamReader.open(`${server.address}/api/v1/events/stream`, {
    authorization: `Bearer ${key}`,
    "last-event-id": String(newest),
  });
  const missed = await stream.take(10_000);
  t.deepEqual(
    missed.map(({ id }) => id),
    Array.from({ length: 10_000 }, (_, index) => String(newest + 1 + index)),
  );
  await putThing(store, "pump");
  const next = await stream.next();
  t.is(next?.id, String(newest + 10_001));
  t.is(member(next, "type"), "thing.created");
});

test("without a place a stream begins with what happens next", async (t) => {
  const { server, store } = await serveApi(t);
  const key = await putKey(store, "vera", [[Role.viewer, "all"]]);
  await putThing(store, "before");
  await using stream = await StreamReader.open(`${server.address}/api/v1/events/stream`, { authorization: `Bearer ${key}` });
  await putThing(store, "behind");
  t.is(member(await stream.next(), "id"), "behind");
});

test("a listener who asks for what never was is told to begin anew", async (t) => {
  const { server, store } = await serveApi(t);
  const key = await putKey(store, "vera", [[Role.viewer, "all"]]);
  const { newest } = await store.events(0, 1);
  await using stream = await StreamReader.open(`${server.address}/api/v1/events/stream?after=999999`, { authorization: `Bearer ${key}` });
  const first = await stream.next();
  t.is(first?.event, "resync");
  t.is(member(first, "newest"), newest);
  t.is(first?.id, String(newest));
  await putThing(store, "pump");
  t.is(member(await stream.next(), "id"), "pump");
});

test("a listener hears of what his grants cover, and of that alone, also when they change", async (t) => {
  const { server, store } = await serveApi(t);
  const key = await putKey(store, "vera", [[Role.viewer, "thing:mine"]]);
  await using stream = await StreamReader.open(`${server.address}/api/v1/events/stream`, { authorization: `Bearer ${key}` });
  await putThing(store, "other");
  await putThing(store, "mine");
  t.is(member(await stream.next(), "id"), "mine");
  const principal = (type: string) => ({
    principal: `${type}:${type === "user" ? "vera" : keyIdOf(key)}`,
    role: Role.viewer,
    scope: "thing:other",
    createdBy: "test",
  });
  await store.commit({
    actor: "test",
    puts: ["user", "key"].map((type) => ({
      kind: "grant" as const,
      id: `late-${type}`,
      document: { id: `late-${type}`, ...principal(type) },
    })),
  });
  await putThing(store, "third");
  await putThing(store, "other", { name: "changed" });
  t.is(member(await stream.next(), "id"), "other");
});

const keyIdOf = (secret: string): string => secret.split("_")[1] ?? "";

test("a stream ends at once when its key is revoked", async (t) => {
  const { server, store } = await serveApi(t);
  const key = await putKey(store, "vera", [[Role.viewer, "all"]]);
  await using stream = await StreamReader.open(`${server.address}/api/v1/live?values=*&events=true`, { authorization: `Bearer ${key}` });
  await store.commit({ actor: "test", deletes: [{ kind: "key", id: keyIdOf(key) }] });
  t.is(await stream.next(), undefined);
  t.true(stream.ended);
});

test("live values begin with those known and go on with changes, the newest of each", async (t) => {
  const { clock, live, server, store } = await serveApi(t);
  const key = await putKey(store, "vera", [[Role.viewer, "all"]]);
  for (const thing of ["pump", "tank"]) {
    await putThing(store, thing);
    await putFeature(store, thing, "level");
    await store.commit({ actor: "test", readings: [{ ...reading(thing, "level", 1), term: 1, seq: 1 }] });
  }
  await using stream = await StreamReader.open(`${server.address}/api/v1/live?values=*`, { authorization: `Bearer ${key}` });
  t.deepEqual((await stream.next())?.data, [reading("pump", "level", 1)]);
  await clock.advance(millis(20));
  t.deepEqual((await stream.next())?.data, [reading("tank", "level", 1)]);
  live.give(reading("pump", "level", 2));
  live.give(reading("pump", "level", 3), reading("tank", "level", 4));
  await clock.advance(millis(20));
  t.deepEqual((await stream.next())?.data, [reading("pump", "level", 3), reading("tank", "level", 4)]);
});

test("live values are of the things that were asked for and that may be seen", async (t) => {
  const { clock, live, server, store } = await serveApi(t);
  const key = await putKey(store, "vera", [
    [Role.viewer, "thing:pump"],
    [Role.viewer, "thing:tank"],
  ]);
  for (const thing of ["pump", "tank", "other"]) await putThing(store, thing);
  await using stream = await StreamReader.open(`${server.address}/api/v1/live?values=pump,other`, { authorization: `Bearer ${key}` });
  await until(() => live.listeners === 1);
  live.give(reading("other", "a", 1), reading("tank", "a", 1));
  await clock.advance(millis(20));
  live.give(reading("pump", "a", 1));
  t.deepEqual((await stream.next())?.data, [reading("pump", "a", 1)]);
});

test("links of boards begin with how they stand and go on with changes", async (t) => {
  const { boards, clock, server, store } = await serveApi(t);
  const key = await putKey(store, "vera", [[Role.viewer, "thing:b1"]]);
  for (const id of ["b1", "b2"]) await boards.create({ id: "system", type: "system", via: "system" }, { id });
  await using stream = await StreamReader.open(`${server.address}/api/v1/live?links=true`, { authorization: `Bearer ${key}` });
  t.deepEqual(await stream.next(), { event: "link", id: undefined, data: { board: "b1", link: onlineLink } });
  boards.tell("b2", { ...onlineLink, state: "lost" });
  boards.tell("b1", { ...onlineLink, state: "lost" });
  await clock.advance(millis(20));
  t.deepEqual((await stream.next())?.data, { board: "b1", link: { ...onlineLink, state: "lost" } });
});

test("a listener that does not read loses values between but never the newest, and is ended when it stays stuck", async (t) => {
  const { clock, live, server, store } = await serveApi(t, { stuck: millis(1000) });
  const key = await putKey(store, "vera", [[Role.viewer, "all"]]);
  await putThing(store, "pump");
  const { hostname, port } = new URL(server.address);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  socket.write(`GET /api/v1/live?values=* HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${key}\r\n\r\n`);
  await until(() => live.listeners === 1);
  socket.pause();
  const long = "x".repeat(100_000);
  const replaced = (): number => server.metrics().find(({ name }) => name === "penstock_api_values_replaced_total")?.values[0]?.value ?? 0;
  let given = 0;
  while (replaced() < 5) {
    given += 1;
    live.give({ ...reading("pump", "text", given), value: `${given} ${long}` });
    await clock.advance(millis(20));
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.true(given > 5);
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
  });
  socket.resume();
  await until(() => text.includes(`"value":"${given} `));
  t.false(text.includes(`"value":"${given - 1} `), "one between was lost");
  socket.pause();
  while (live.listeners === 1) {
    live.give({ ...reading("pump", "text", 1), value: long });
    await clock.advance(millis(100));
    await new Promise((resolve) => setImmediate(resolve));
  }
  socket.destroy();
  t.is(live.listeners, 0);
});

test("a quiet stream is kept open by comments", async (t) => {
  const { clock, server, store } = await serveApi(t);
  const key = await putKey(store, "vera", [[Role.viewer, "all"]]);
  await using stream = await StreamReader.open(`${server.address}/api/v1/events/stream`, { authorization: `Bearer ${key}` });
  await clock.advance(millis(45_000));
  await putThing(store, "pump");
  await stream.next();
  t.is(stream.comments, 4);
});

test("one asker may have so many streams open, and what listens is let go when they end", async (t) => {
  const { boards, live, server, store } = await serveApi(t, { streamsOfOne: 2 });
  const key = await putKey(store, "vera", [[Role.viewer, "all"]]);
  const open = () => StreamReader.open(`${server.address}/api/v1/live?values=*&links=true`, { authorization: `Bearer ${key}` });
  {
    await using one = await open();
    await using two = await open();
    t.deepEqual([one.status, two.status], [200, 200]);
    t.is((await open()).status, 503);
  }
  await until(() => live.listeners === 0 && boards.listeners === 0);
  await using three = await open();
  t.is(three.status, 200);
});

test("notices are unread until they were read", async (t) => {
  const { ask, store } = await serveApi(t);
  const key = await putKey(store, "vera", [[Role.viewer, "all"]]);
  const { newest } = await store.events(0, 1);
  const notice = (id: string) => ({ type: "board.discovered", kind: "board", id, severity: "notice" as const });
  await store.commit({ actor: "test", events: [notice("a"), { ...notice("b"), severity: "info" }, notice("c")] });
  const unread = async (): Promise<unknown> => (await ask("GET", "/api/v1/notices?limit=5", { key })).json["unread"];
  t.is(await unread(), 2);
  t.is((await ask("POST", "/api/v1/notices/read", { key, body: { seq: newest + 1 } })).status, 204);
  t.is(await unread(), 1);
  await ask("POST", "/api/v1/notices/read", { key, body: { seq: 1_000_000 } });
  t.is(await unread(), 0);
  await ask("POST", "/api/v1/notices/read", { key, body: { seq: 0 } });
  t.is(await unread(), 0);
  await store.commit({ actor: "test", events: [notice("d")] });
  t.is(await unread(), 1);
});
