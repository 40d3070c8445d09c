import test from "ava";
import { isJsonObject } from "../../shared/base/json.ts";
import { itemsOf, listAll } from "../harness/gateway-check.ts";
import { GatewayFleet } from "../harness/gateway-fleet.ts";
import { RunningGateway } from "../harness/running-gateway.ts";
import { eventually } from "../harness/watched-board.ts";

const ids = Array.from({ length: 50 }, (_, at) => `line-${String(at).padStart(2, "0")}`);

test("20 of 50 boards die: the others stay live, the dead are told of once, and when they are back nothing is missing", async (t) => {
  t.timeout(240_000);
  const gateway = await RunningGateway.start({ config: { id: "centre" } });
  t.teardown(() => gateway.clean());
  for (const id of ids) await gateway.ask("POST", "/api/v1/boards", { id });
  const [broker] = Array.isArray(gateway.board["addresses"]) ? gateway.board["addresses"] : [];
  const fleet = await GatewayFleet.boot(String(broker), ids);
  t.teardown(() => fleet.close());
  const dying = fleet.boards.slice(0, 20);
  const living = fleet.boards.slice(20);
  /** States of links and of streams, by board. */
  const look = async (): Promise<ReadonlyMap<string, { readonly link: string; readonly streams: readonly string[] }>> => {
    const found = new Map<string, { link: string; streams: string[] }>();
    for (const { id, link } of await listAll(gateway, "/api/v1/boards?limit=100")) {
      if (!isJsonObject(link)) continue;
      const streams = Array.isArray(link["streams"]) ? link["streams"].filter(isJsonObject) : [];
      found.set(String(id), { link: String(link["state"]), streams: streams.map(({ state }) => String(state)) });
    }
    return found;
  };
  const isLive = ({ link, streams }: { readonly link: string; readonly streams: readonly string[] }): boolean =>
    link === "online" && streams.length > 0 && streams.every((state) => state === "live");
  for (const board of fleet.boards) fleet.sample(board);
  await eventually(async () => [...(await look())].filter(([id, view]) => ids.includes(id) && isLive(view)).length === 50);

  for (const board of dying) {
    fleet.sample(board);
    await board.journal.flush();
    await board.crash();
  }
  const unsettled: string[] = [];
  await eventually(async () => {
    for (const board of living) fleet.sample(board);
    const views = await look();
    for (const { id } of living) if (views.get(id)?.link !== "online") unsettled.push(`${id} is ${views.get(id)?.link}`);
    return dying.every(({ id }) => views.get(id)?.link === "lost");
  });
  t.deepEqual(unsettled, []);
  for (const { id } of dying) t.deepEqual((await look()).get(id)?.streams, ["stale", "stale"], id);

  for (const board of dying) {
    await board.boot();
    fleet.sample(board);
  }
  await eventually(async () => [...(await look())].filter(([id, view]) => ids.includes(id) && isLive(view)).length === 50);
  for (const { id } of fleet.boards) {
    const target = `/api/v1/records?thing=${id}-pump&feature=speed&from=0&to=${Date.now() + 60_000}&limit=5000`;
    await eventually(async () => itemsOf(await gateway.ask("GET", target)).length >= fleet.sampled(id));
    const values = itemsOf(await gateway.ask("GET", target)).map(({ value }) => value);
    t.deepEqual(
      values,
      Array.from({ length: fleet.sampled(id) }, (_, at) => at + 1),
      id,
    );
  }
  const told = new Map<string, number>();
  for (let after = 0; ; ) {
    const page = itemsOf(await gateway.ask("GET", `/api/v1/events?after=${after}&limit=500`));
    if (page.length === 0) break;
    for (const { seq, type, id } of page) {
      after = Number(seq);
      if (type === "board.lost" || type === "board.online") told.set(`${type} ${String(id)}`, (told.get(`${type} ${String(id)}`) ?? 0) + 1);
    }
  }
  for (const { id } of living) t.deepEqual([told.get(`board.lost ${id}`), told.get(`board.online ${id}`)], [undefined, 1], id);
  // Once when it came first, and once when it came back.
  for (const { id } of dying) t.deepEqual([told.get(`board.lost ${id}`), told.get(`board.online ${id}`)], [1, 2], id);
});
