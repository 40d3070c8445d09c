// Keeps batches of several boards in the store of a directory until it is killed, and says on its standard output what is kept:
// node ingest-process.ts DIRECTORY BOARDS. One line for each batch: board, stream, term, seq.
import { GatewayLinkStore } from "../../../../host/broker/link-store/gateway-link-store.ts";
import { NodeClock } from "../../../../host/platform/clock-node.ts";
import { LevelGatewayStore } from "../../../../host/twin/store/level-gateway-store.ts";
import { beginning } from "../../../../shared/pipeline/cursor.ts";
import { samples } from "./link-batches.ts";

const [directory = "", boards = "1"] = process.argv.slice(2);
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: console.error };
const clock = new NodeClock();
const store = await LevelGatewayStore.open({ directory, clock, log: quiet });
const links = await GatewayLinkStore.open({ store, listener: { kept: () => undefined, ahead: () => undefined }, clock, log: quiet });

async function run(board: string): Promise<void> {
  const { cursors } = await links.load(board);
  const stands = new Map(cursors);
  for (let round = 0; ; round++) {
    const batches = ["s", "q"].map((stream) =>
      samples(stream, { thing: `${board}-${stream}`, feature: "x" }, 1 + ((round * 7) % 5), stands.get(stream) ?? beginning),
    );
    await links.apply(board, { streams: batches, ended: [] });
    for (const { stream, cursor } of batches) {
      stands.set(stream, cursor);
      console.log(`${board} ${stream} ${cursor.term} ${cursor.seq}`);
    }
  }
}

await Promise.all(Array.from({ length: Number(boards) }, (_, at) => run(`b${at}`)));
