import type { Change, GatewayStore } from "../../shared/twin/store-ports.ts";
import { thingDraft } from "./gateway-store-drafts.ts";

export const loadWriters = 6;
/** Readings of one change. */
export const loadReadings = 20;
const begin = 1_700_000_000_000;

const thingOf = (writer: number): string => `writer-${writer}`;

/** A change that says the same round in a document, a label index, a cursor, an event, an audit line, state and readings. */
function changeOf(writer: number, round: number): Change {
  const id = thingOf(writer);
  return {
    actor: `board:${id}`,
    puts: [{ kind: "thing", id, document: thingDraft(id, { labels: { round: String(round) } }), ifRev: round - 1 }],
    cursors: [{ board: id, stream: "journal", term: 1, seq: round, prev: { term: round === 1 ? 0 : 1, seq: round - 1 } }],
    state: [{ key: `load/${id}`, value: round }],
    audit: [{ actor: `board:${id}`, via: "link", action: "thing:update", kind: "thing", id, outcome: "done" }],
    readings: Array.from({ length: loadReadings }, (_, index) => {
      const seq = (round - 1) * loadReadings + index + 1;
      return {
        thing: id,
        feature: "value",
        value: seq,
        quality: "good" as const,
        source: begin + seq,
        received: begin + seq,
        term: 1,
        seq,
      };
    }),
  };
}

/** Writes without end, each writer its own thing, going on where the store says that it was. */
export async function storeLoad(store: GatewayStore, acknowledged: (writer: number, round: number) => void): Promise<never> {
  await Promise.all(
    Array.from({ length: loadWriters }, async (_, writer) => {
      for (let round = ((await store.get("thing", thingOf(writer)))?.rev ?? 0) + 1; ; round++) {
        await store.commit(changeOf(writer, round));
        acknowledged(writer, round);
      }
    }),
  );
  throw new Error("the load ended");
}

/** What is not in the store as it was acknowledged, or not all of one piece; one sentence each. @param promised the last round by writer */
export async function storeFaults(store: GatewayStore, promised: ReadonlyMap<number, number>): Promise<readonly string[]> {
  const faults: string[] = [];
  const never = new AbortController().signal;
  let rounds = 0;
  for (let writer = 0; writer < loadWriters; writer++) {
    const id = thingOf(writer);
    const round = (await store.get("thing", id))?.rev ?? 0;
    rounds += round;
    const least = promised.get(writer) ?? 0;
    if (round < least) faults.push(`${id} is at ${round}, but ${least} was acknowledged`);
    if (round === 0) continue;
    const found = {
      label: (await store.get("thing", id))?.labels["round"],
      index: (await store.lookup("label", `round=${round}`, { limit: 100 })).includes(id),
      cursor: (await store.cursors(id)).get("journal")?.seq,
      state: await store.state(`load/${id}`),
      latest: store.history.latest(id, "value")?.value,
      readings: (await store.history.readings({ thing: id, feature: "value", from: 0, to: begin * 2, limit: 10_000_000 }, never)).length,
    };
    const expected = {
      label: String(round),
      index: true,
      cursor: round,
      state: round,
      latest: round * loadReadings,
      readings: round * loadReadings,
    };
    if (JSON.stringify(found) !== JSON.stringify(expected)) faults.push(`${id} is ${JSON.stringify(found)} at round ${round}`);
  }
  const { events, newest } = await store.events(0, 10_000_000);
  if (newest !== rounds || events.some(({ seq }, index) => seq !== index + 1))
    faults.push(`${events.length} events up to ${newest} for ${rounds} changes`);
  const audit = await store.verifyAudit(never);
  if (audit.lines !== rounds || audit.wrong !== undefined) faults.push(`the audit log is ${JSON.stringify(audit)} for ${rounds} changes`);
  if (store.count("thing") !== (await store.list("thing", { limit: 1000 })).length) faults.push(`the count is ${store.count("thing")}`);
  return faults;
}
