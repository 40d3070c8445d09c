import os from "node:os";
import test from "ava";
import { type MachineFacts, readMachine } from "../../../../host/console/node/machine-facts.ts";
import { MachineNodeFacts, type NodeFactsParts } from "../../../../host/console/node/node-facts.ts";
import { millis } from "../../../../shared/base/units.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";

const never = new AbortController().signal;

const machine: MachineFacts = {
  hostname: "line-7",
  os: "Debian",
  arch: "x64",
  cpus: 2,
  busy: 1000,
  total: 4000,
  own: 0,
  load: [0, 0, 0],
  memory: { total: 1000, free: 500, own: 10 },
  disk: { total: 1000, free: 500 },
  addresses: ["192.0.2.7"],
  synchronised: true,
};

function partsOf(now: () => MachineFacts, clock = new FakeClock()): NodeFactsParts {
  return {
    id: "gateway",
    version: "1.2.3",
    nodeVersion: "v24",
    clock,
    machine: async () => now(),
    dataBytes: async () => 77,
    board: () => ({ state: "running" }),
    store: () => ({}),
    problems: () => [],
  };
}

test("processor shares are of the time since the asker before, and steady for askers right behind one another", async (t) => {
  const clock = new FakeClock();
  let facts = machine;
  const node = new MachineNodeFacts(partsOf(() => facts, clock));
  t.is((await node.facts(never)).cpu, 0.25);
  await clock.advance(millis(2000));
  facts = { ...machine, busy: 4000, total: 8000, own: 1_000_000 };
  const second = await node.facts(never);
  t.is(second.cpu, 0.75);
  t.is(second.ownCpu, 0.25);
  await clock.advance(millis(10));
  facts = { ...facts, busy: 4010, total: 8010 };
  t.is((await node.facts(never)).cpu, 0.75);
});

test("little disk, little memory and a clock that nobody set are told with a remedy", async (t) => {
  const poor = { ...machine, disk: { total: 1000, free: 99 }, memory: { total: 1000, free: 49, own: 1 }, synchronised: false };
  const { problems, disk } = await new MachineNodeFacts(partsOf(() => poor)).facts(never);
  t.deepEqual(
    problems.map(({ part }) => part),
    ["disk", "memory", "clock"],
  );
  t.true(problems.every(({ remedy }) => remedy !== undefined && remedy !== ""));
  t.is(disk.data, 77);
  t.deepEqual((await new MachineNodeFacts(partsOf(() => machine)).facts(never)).problems, []);
});

test("what parts of the gateway complain of stands beside", async (t) => {
  const parts = { ...partsOf(() => machine), problems: () => [{ part: "board", text: "it fails" }] };
  t.deepEqual((await new MachineNodeFacts(parts).facts(never)).problems, [{ part: "board", text: "it fails" }]);
});

test("the machine that the test runs on is described", async (t) => {
  const facts = await readMachine(os.tmpdir());
  t.is(facts.hostname, os.hostname());
  t.true(facts.cpus > 0 && facts.busy > 0 && facts.busy <= facts.total);
  t.true(facts.memory.free > 0 && facts.memory.free <= facts.memory.total);
  t.true(facts.disk.free >= 0 && facts.disk.free <= facts.disk.total);
});
