import test from "ava";
import { gatewayCrashRounds } from "../harness/gateway-crash-rounds.ts";

// A gateway with its own board and two remote ones, in processes of their own, that are killed while all of them work. `npm run bench -- gateway-crash 100` goes on longer.

test("whatever is killed under load, what was acknowledged is there once, in order, and was done once", async (t) => {
  t.timeout(240_000);
  const tally = await gatewayCrashRounds(["supervisor", "own", "east", "all"], Math.random);
  const { kills, records, operations, patches, things, events } = tally;
  t.log(`${kills} kills: ${records} records, ${operations} operations, ${patches} patches, ${things} things, ${events} events`);
  t.deepEqual(tally.lost, []);
  t.deepEqual(tally.doubled, []);
  t.deepEqual(tally.disordered, []);
  t.deepEqual(tally.open, []);
  t.true(Math.min(records, operations, patches, things, events) > 0);
});
