import { mkdirSync } from "node:fs";
import path from "node:path";
import { isJsonObject, type JsonObject } from "../../shared/base/json.ts";
import { checkReadings } from "../harness/gateway-check.ts";
import { GatewayPlant } from "../harness/gateway-plant.ts";
import { GatewayWitness } from "../harness/gateway-witness.ts";
import { SmallVolume } from "../harness/small-volume.ts";
import { volumeTest } from "../harness/volume-test.ts";
import { eventually } from "../harness/watched-board.ts";

volumeTest()("a gateway whose disk fills up says so, shows what it has, leaves boards their records, and goes on by itself", async (t) => {
  t.timeout(180_000);
  const volume = new SmallVolume(192 << 20);
  t.teardown(() => volume[Symbol.dispose]());
  const data = path.join(volume.path, "data");
  mkdirSync(data);
  const plant = await GatewayPlant.start(["east"], data);
  t.teardown(() => plant.close());
  const { gateway } = plant;
  const witness = await GatewayWitness.open(plant.broker);
  t.teardown(() => witness.close());
  await eventually(() => witness.promised("east").length > 50);
  const made: string[] = [];
  const make = async (): Promise<{ readonly status: number; readonly body: JsonObject }> => {
    const id = `tank-${made.length}`;
    const answer = await gateway.request("POST", "/api/v1/things", { id, kind: "site" });
    const body: unknown = await answer.json();
    if (answer.ok) made.push(id);
    return { status: answer.status, body: isJsonObject(body) ? body : {} };
  };
  t.is((await make()).status, 201);

  let refusal = await make();
  await eventually(async () => {
    volume.fill();
    refusal = await make();
    return refusal.status !== 201;
  });
  t.is(refusal.status, 503);
  t.like(refusal.body, { code: "EDGE_STORE_FAILED" });
  t.regex(String(refusal.body["remedy"]), /disk/i);
  for (const target of [
    "/api/v1/things/tank-0",
    "/api/v1/things?limit=10",
    "/api/v1/things/east-unit/features",
    `/api/v1/records?thing=east-unit&feature=p0&from=0&to=${Date.now() + 60_000}`,
    "/api/v1/events?limit=10",
    "/api/v1/boards",
    "/api/v1/overview",
    "/api/v1/node",
    "/health",
  ])
    t.is((await gateway.request("GET", target)).status, 200, target);
  // Devices are polled on; what the remote board brings is not taken, and so it keeps it.
  const acked = witness.acked("east");
  const { reads } = plant.device("east");
  await eventually(() => plant.device("east").reads > reads + 60);
  volume.fill();
  t.is(witness.acked("east"), acked);
  t.is((await make()).status, 503);

  volume.makeRoom();
  await eventually(async () => (await make()).status === 201);
  const asked = plant.device("east").reads;
  await eventually(() => witness.acked("east") > acked + 240 && plant.device("east").reads > asked + 40);
  const faults = { lost: [], doubled: [], disordered: [] };
  t.true((await checkReadings(plant, "east", witness, faults)) > 0);
  t.deepEqual(faults, { lost: [], doubled: [], disordered: [] });
  for (const id of made) t.is((await gateway.request("GET", `/api/v1/things/${id}`)).status, 200, id);
  t.like(await gateway.ask("GET", "/api/v1/audit/verify"), { ok: true });
  t.deepEqual(witness.faults, []);
});
