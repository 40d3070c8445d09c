import test from "ava";
import { isJsonObject } from "../../shared/base/json.ts";
import { itemsOf, readingsOf } from "../harness/gateway-check.ts";
import { GatewayPlant } from "../harness/gateway-plant.ts";
import { GatewayRival } from "../harness/gateway-rival.ts";
import { GatewayWitness } from "../harness/gateway-witness.ts";
import { eventually } from "../harness/watched-board.ts";

test("of two gateways at once the older stops, says so, and keeps nothing more; each has every record once", async (t) => {
  t.timeout(120_000);
  const plant = await GatewayPlant.start(["east"]);
  t.teardown(() => plant.close());
  const { gateway } = plant;
  const witness = await GatewayWitness.open(plant.broker);
  t.teardown(() => witness.close());
  await eventually(() => plant.boards.every((board) => witness.promised(board).length > 50));

  const rival = await GatewayRival.open(plant.broker, 4_000_000_000, plant.boards);
  t.teardown(() => rival[Symbol.asyncDispose]());
  await eventually(async () => {
    const states: unknown[] = [];
    for (const { link } of itemsOf(await gateway.ask("GET", "/api/v1/boards"))) states.push(isJsonObject(link) ? link["state"] : undefined);
    return states.length === 2 && states.every((state) => state === "fenced");
  });
  const before = new Map<string, number>();
  for (const board of plant.boards) before.set(board, (await readingsOf(gateway, board)).length);
  await eventually(() => plant.boards.every((board) => rival.coordinator.state(board)?.state === "online"));
  const taken = rival.links.records;
  await eventually(() => rival.links.records > taken + 200);
  for (const board of plant.boards) {
    t.is(rival.coordinator.state(board)?.state, "online");
    t.is((await readingsOf(gateway, board)).length, before.get(board) ?? -1, board);
  }
  const fenced = itemsOf(await gateway.ask("GET", "/api/v1/events?limit=500")).filter(({ type }) => type === "board.fenced");
  t.deepEqual(
    fenced.map(({ id, severity }) => `${String(id)} ${String(severity)}`).sort(),
    plant.boards.map((board) => `${board} alarm`).sort(),
  );
  for (const board of plant.boards) {
    const older = (await readingsOf(gateway, board)).map(({ seq }) => seq);
    t.is(new Set(older).size, older.length);
    const newer = (await rival.store.history.readings(everyOf(board), new AbortController().signal)).map(
      ({ term, seq }) => `${term}/${seq}`,
    );
    t.is(new Set(newer).size, newer.length);
    t.true(newer.length > 0);
  }
});

const everyOf = (board: string) => ({ thing: `${board}-unit`, feature: "p0", from: 0, to: 9e12, limit: 100_000 });
