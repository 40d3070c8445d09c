// The gateway's end in a process of its own: node receiver-process.ts URL DIRECTORY. Answers each message of its parent with what it has received since.

import { LinkReceiver } from "../harness/link-receiver.ts";
import { FileLinkStore } from "../harness/link-store-file.ts";

const [url = "", directory = ""] = process.argv.slice(2);
const quiet = { debug: () => undefined, info: () => undefined, warn: console.warn, error: console.error };
const store = await FileLinkStore.open(directory);
let delays: number[] = [];
const text = new TextDecoder();
store.onLive = (values) => {
  const now = performance.timeOrigin + performance.now();
  for (const { payload } of values) delays.push(now - Number(text.decode(payload).slice(5, -1)));
};
const receiver = await LinkReceiver.open({ url, store, log: quiet, boards: ["bench"] });
process.on("message", () => {
  process.send?.({ records: store.records, syncs: store.syncs, delays });
  delays = [];
});
process.once("disconnect", () => void receiver.close().then(() => process.exit(0)));
process.send?.("ready");
