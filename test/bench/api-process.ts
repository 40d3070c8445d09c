import path from "node:path";
import { AccessRoom } from "../../host/console/access/access-room.ts";
import { digestOf, keySecret } from "../../host/console/access/secrets.ts";
import { ApiServer } from "../../host/console/api/api-server.ts";
import { apiDefaults } from "../../host/console/api/api-settings.ts";
import { CelEngine } from "../../host/platform/cel/cel-engine.ts";
import { NodeClock } from "../../host/platform/clock-node.ts";
import { MemoryLists } from "../../host/platform/lists/memory-lists.ts";
import { ArtifactDirectory } from "../../host/twin/artifacts/artifact-directory.ts";
import { StoreResources } from "../../host/twin/resources/store-resources.ts";
import { LevelGatewayStore } from "../../host/twin/store/level-gateway-store.ts";
import type { DocumentPut, GatewayStore } from "../../shared/twin/store-ports.ts";
import { FakeBoards, FakeLiveFeed, FakeNode } from "../host/console/api/fake-boards.ts";

// The gateway's API over a store on disk with so many things, in a process of its own: `node api-process.ts DIRECTORY THINGS`. Says where it listens.
const [directory = "", count = "1"] = process.argv.slice(2);
const quiet = { debug: () => undefined, info: () => undefined, warn: console.warn, error: console.error };
const plenty = { perSecond: 1e9, burst: 1e9 };

async function fill(store: GatewayStore, things: number): Promise<string> {
  const secret = keySecret("bench");
  await store.commit({
    actor: "bench",
    puts: [
      { kind: "user", id: "bench", document: { id: "bench", name: "bench", enabled: true } },
      { kind: "key", id: "bench", document: { id: "bench", name: "bench", owner: "bench", secretHash: digestOf(secret) } },
      ...["user:bench", "key:bench"].map((principal, index) => ({
        kind: "grant" as const,
        id: `bench-${index}`,
        document: { id: `bench-${index}`, principal, role: "operator" as const, scope: "all", createdBy: "bench" },
      })),
    ],
  });
  for (let from = 0; from < things; from += 500) {
    const puts: DocumentPut[] = [];
    for (let index = from; index < Math.min(things, from + 500); index++) puts.push(...thingOf(`pump-${index}`));
    await store.commit({ actor: "bench", puts });
  }
  return secret;
}

/** A thing with one feature that its board writes. */
function thingOf(id: string): readonly DocumentPut[] {
  const lifecycle = { desired: "present" as const, reported: "present" as const, deleting: [] };
  const labels = { site: "east", line: "a" };
  return [
    { kind: "thing", id, document: { id, kind: "device", name: `Pump ${id}`, labels, board: "b1", lifecycle } },
    {
      kind: "feature",
      id: `${id}/speed`,
      document: {
        thing: id,
        id: "speed",
        owner: "board",
        traits: { type: "number", unit: "rpm", writable: true },
        desiredRev: 0,
        observedRev: 0,
      },
    },
  ];
}

const clock = new NodeClock();
const log = quiet;
const store = await LevelGatewayStore.open({ directory: path.join(directory, "store"), clock, log });
const lists = new MemoryLists(new CelEngine());
const room = await AccessRoom.open({ store, clock, log, directory, lists });
const { access, accounts, authenticator, sessions, audit: refusals } = room;
const sender = { nextCommand: async () => 1, issue: () => undefined, withdraw: () => undefined };
const resources = await StoreResources.open({ store, access, refusals, cel: new CelEngine(), clock, log, sender });
const secret = await fill(store, Number(count));
const server = await ApiServer.open({
  host: "127.0.0.1",
  port: 0,
  lists,
  version: "bench",
  resources,
  store,
  boards: new FakeBoards(),
  live: new FakeLiveFeed(),
  node: new FakeNode(),
  artifacts: await ArtifactDirectory.open(path.join(directory, "artifacts")),
  authenticator,
  sessions,
  accounts,
  access,
  refusals,
  metrics: [],
  clock,
  log,
  settings: { ...apiDefaults, keyRate: plenty },
});
process.once("SIGTERM", async () => {
  await server.close();
  await resources.close();
  await room.close();
  await store.close();
  process.exit(0);
});
console.log(JSON.stringify({ url: server.address, secret }));
