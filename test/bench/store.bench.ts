import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { NodeClock } from "../../host/platform/clock-node.ts";
import type { BatchSink } from "../../host/twin/history/batch-sink.ts";
import { LevelHistory } from "../../host/twin/history/level-history.ts";
import { LevelGatewayStore } from "../../host/twin/store/level-gateway-store.ts";
import type { OpenHistory } from "../../host/twin/store/store-history.ts";
import type { Change } from "../../shared/twin/store-ports.ts";
import { FakeLog } from "../harness/fake-log.ts";
import { thingDraft } from "../harness/gateway-store-drafts.ts";
import { median } from "../harness/process-figures.ts";
import type { Figure } from "./figure.ts";

const rounds = 7;
const roundLength = 500;
const readings = 1000;
const callers = 50;
const things = 1000;

type Row = readonly [key: Uint8Array, value: Uint8Array];

/** What the gateway's store costs: readings and durable changes of documents against bare LevelDB, and documents that are in memory. */
export async function bench(): Promise<readonly Figure[]> {
  const home = await mkdtemp(join(tmpdir(), "penstock-bench-"));
  const rows: Row[] = [];
  const store = await LevelGatewayStore.open({
    directory: join(home, "store"),
    clock: new NodeClock(),
    log: new FakeLog(),
    history: recorded(rows),
  });
  const raw = new ClassicLevel<Uint8Array, Uint8Array>(join(home, "raw"), { keyEncoding: "view", valueEncoding: "view" });
  try {
    await raw.open();
    return [await ingest(store, raw, rows), await updates(store, raw), await reads(store)];
  } finally {
    await store.close();
    await raw.close();
    await rm(home, { recursive: true, force: true });
  }
}

/** A history that notes what it writes of the first readings, so that the peer writes the same. */
function recorded(rows: Row[]): OpenHistory {
  return async (parts) => {
    const history = await LevelHistory.open(parts);
    const write = history.write.bind(history);
    history.write = (some, sink) => {
      if (rows.length > 10 * readings) return write(some, sink);
      const noted: BatchSink = {
        put: (key, value) => {
          rows.push([key, value]);
          sink.put(key, value);
        },
        del: (key) => sink.del(key),
      };
      return write(some, noted);
    };
    return history;
  };
}

/** Several boards that send changes of 1,000 readings, each the next when the last is on disk; the peer writes the same rows one batch after the other. */
async function ingest(store: LevelGatewayStore, raw: ClassicLevel<Uint8Array, Uint8Array>, rows: readonly Row[]): Promise<Figure> {
  const begin = Date.now() - 3_600_000;
  const places = new Array<number>(4).fill(0);
  const changeOf = (board: number, from: number): Change => ({
    actor: `board:b${board}`,
    readings: Array.from({ length: readings }, (_, index) => ({
      thing: `unit-${board}-${index % 10}`,
      feature: `p${index % 200}`,
      value: from / 7 + index,
      quality: "good",
      source: begin + from + index,
      received: begin + from + index + 3,
      term: 1,
      seq: from + index + 1,
    })),
    cursors: [{ board: `b${board}`, stream: "journal", term: 1, seq: from + readings, prev: { term: from === 0 ? 0 : 1, seq: from } }],
  });
  const ours = (): Promise<number> =>
    perSecond(places.length, async (board) => {
      const from = places[board] ?? 0;
      await store.commit(changeOf(board, from));
      places[board] = from + readings;
      return readings;
    });
  let written = 0;
  const theirs = (): Promise<number> =>
    perSecond(1, async () => {
      const batch = Array.from({ length: readings }, (_, index) => {
        const [key, value] = rows[(written + index) % rows.length] ?? [new Uint8Array(22), new Uint8Array(9)];
        const fresh = Uint8Array.from(key);
        new DataView(fresh.buffer).setFloat64(fresh.length - 8, written + index);
        return { type: "put" as const, key: fresh, value: Uint8Array.from(value) };
      });
      await raw.batch(batch, { sync: true });
      written += readings;
      return readings;
    });
  return compared(
    "readings on disk, changes of 1,000 from 4 boards ÷ raw classic-level sync batches of the same rows",
    "readings/s",
    ours,
    theirs,
    0.5,
  );
}

/** Callers that each wait until their change is on disk; the peer writes the texts of as many documents in each batch. */
async function updates(store: LevelGatewayStore, raw: ClassicLevel<Uint8Array, Uint8Array>): Promise<Figure> {
  const draftOf = (index: number, turn: number) =>
    thingDraft(`pump-${index}`, { name: `turn ${turn}`, labels: { site: "east", line: "a" } });
  await store.commit({
    actor: "system",
    puts: Array.from({ length: things }, (_, index) => ({ kind: "thing", id: `pump-${index}`, document: draftOf(index, -1) })),
  });
  let turn = 0;
  const ours = (): Promise<number> =>
    perSecond(callers, async (caller) => {
      const index = (caller + callers * turn++) % things;
      await store.update("thing", `pump-${index}`, "user:anna", () => draftOf(index, turn));
      return 1;
    });
  const text = { keyEncoding: "utf8", valueEncoding: "utf8" } as const;
  const theirs = (): Promise<number> =>
    perSecond(1, async () => {
      turn += 1;
      const batch = Array.from({ length: callers }, (_, index) => ({
        type: "put" as const,
        key: `doc/thing/pump-${(index + callers * turn) % things}`,
        value: JSON.stringify({ ...draftOf(index, turn), rev: turn, createdAt: turn, updatedAt: turn }),
        ...text,
      }));
      await raw.batch<string, string>(batch, { sync: true });
      return callers;
    });
  return compared(
    "durable changes of a document with its event, 50 callers ÷ raw classic-level sync batches of 50",
    "changes/s",
    ours,
    theirs,
    undefined,
  );
}

async function reads(store: LevelGatewayStore): Promise<Figure> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    for (let turn = 0; turn < 50_000; turn++) await store.get("thing", `pump-${turn % things}`);
    times.push(((performance.now() - begun) * 1000) / 50_000);
  }
  return { name: "a document that is in memory", value: median(times), unit: "µs", goal: "≤ 5", reached: median(times) <= 5 };
}

/** Runs callers side by side for one round. @returns what they did, a second */
async function perSecond(count: number, work: (caller: number) => Promise<number>): Promise<number> {
  const begun = performance.now();
  let done = 0;
  const caller = async (number: number): Promise<void> => {
    while (performance.now() < begun + roundLength) {
      const some = await work(number);
      done += some;
    }
  };
  await Promise.all(Array.from({ length: count }, (_, number) => caller(number)));
  return done / ((performance.now() - begun) / 1000);
}

async function compared(
  name: string,
  unit: string,
  ours: () => Promise<number>,
  theirs: () => Promise<number>,
  goal: number | undefined,
): Promise<Figure> {
  await ours();
  await theirs();
  const [mine, peer]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    mine.push(await ours());
    peer.push(await theirs());
  }
  const ratio = median(mine.map((value, round) => value / (peer[round] ?? Number.NaN)));
  const figure = { name, value: median(mine), unit, peer: median(peer), ratio };
  return goal === undefined ? figure : { ...figure, goal: `≥ ${goal}`, reached: ratio >= goal };
}
