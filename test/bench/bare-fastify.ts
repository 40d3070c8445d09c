import fastify from "fastify";

// A Fastify route with nothing around it, in a process of its own: `node bare-fastify.ts`. Says where it listens.
const app = fastify();
app.get("/api/v1/things/:thing", async () => ({
  id: "pump-1",
  kind: "device",
  name: "Pump pump-1",
  labels: { site: "east", line: "a" },
  board: "b1",
  lifecycle: { desired: "present", reported: "present", deleting: [] },
  rev: 1,
  createdAt: 1_700_000_000_000,
  updatedAt: 1_700_000_000_000,
}));
console.log(JSON.stringify({ url: await app.listen({ host: "127.0.0.1", port: 0 }) }));
