// Measures and prints, one line a figure; the peer is measured in the same run. usage: npm run bench [-- NAME… [N]]; without names all that take minutes at most.
import { availableParallelism, cpus } from "node:os";
import { type Figure, printFigure } from "./figure.ts";

type Bench = () => Promise<readonly Figure[]>;

const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  modbus: async () => (await import("./modbus.bench.ts")).bench,
  acquisition: async () => (await import("./acquisition.bench.ts")).bench,
  planner: async () => (await import("./planner.bench.ts")).bench,
  isolation: async () => (await import("./isolation.bench.ts")).bench,
  rtu: async () => (await import("./rtu.bench.ts")).bench,
  broker: async () => (await import("./broker.bench.ts")).bench,
  twin: async () => (await import("./twin.bench.ts")).bench,
  store: async () => (await import("./store.bench.ts")).bench,
  journal: async () => (await import("./journal.bench.ts")).bench,
  ingest: async () => (await import("./ingest.bench.ts")).bench,
  uplink: async () => (await import("./uplink.bench.ts")).bench,
  history: async () => (await import("./history.bench.ts")).bench,
  sim: async () => (await import("./sim.bench.ts")).bench,
  crash: async () => (await import("./crash.bench.ts")).bench,
  "gateway-crash": async () => (await import("./gateway-crash.bench.ts")).bench,
  "store-crash": async () => (await import("./store-crash.bench.ts")).bench,
  wear: async () => (await import("./wear.bench.ts")).bench,
  lab: async () => (await import("./lab.bench.ts")).bench,
  live: async () => (await import("./live.bench.ts")).bench,
  gateway: async () => (await import("./gateway.bench.ts")).bench,
  console: async () => (await import("./console.bench.ts")).bench,
  api: async () => (await import("./api.bench.ts")).bench,
  footprint: async () => (await import("./footprint.bench.ts")).bench,
};

/** Soaks: run when they are named, for as long as the number behind them says. */
const soaks: ReadonlySet<string> = new Set(["sim", "crash", "gateway-crash", "store-crash", "wear", "lab"]);

const wanted = process.argv.slice(2).filter((name) => !/^[-\d]/.test(name));
const unknown = wanted.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  console.error(`no bench ${unknown.join(", ")}; there are ${Object.keys(benches).join(", ")}`);
  process.exit(2);
}

console.log(`Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? "unknown processor"}, ${new Date().toISOString()}`);
let missed = 0;
for (const [name, load] of Object.entries(benches)) {
  if (wanted.length > 0 ? !wanted.includes(name) : soaks.has(name)) continue;
  console.log(`— ${name}`);
  for (const figure of await (await load())()) {
    printFigure(figure);
    if (figure.reached === false) missed += 1;
  }
}
if (wanted.length === 0) console.log(`not run, since they take longer: ${[...soaks].join(", ")}`);
if (missed > 0) console.log(`${missed} figures below the mark`);
process.exit(0);
