// usage: node journal-writer-process.ts DIRECTORY — commits numbered records for ever and says each place that is on disk
import { FlashWear } from "../../../firmware/pipeline/flash-wear.ts";
import { NodeLogFs } from "../../../firmware/pipeline/log-fs-node.ts";
import { SegmentedJournal } from "../../../firmware/pipeline/segmented-journal.ts";
import { NodeClock } from "../../../firmware/platform/clock-node.ts";
import { instant, millis } from "../../../shared/base/units.ts";
import { RecordKind } from "../../../shared/pipeline/journal-record.ts";
import { resolveJournal } from "../../../shared/pipeline/resolve-journal.ts";
import { FakeLog } from "../../harness/fake-log.ts";

const clock = new NodeClock();
const journal = await SegmentedJournal.open({
  fs: new NodeLogFs(new FlashWear({ clock })),
  directory: process.argv[2] ?? "",
  settings: { ...resolveJournal({}, 64_000_000), commitInterval: millis(10) },
  clock,
  log: new FakeLog(),
  random: Math.random,
  newBootId: () => "00112233445566778899aabbccddeeff",
});
for (let index = 0; ; index++) {
  for (let more = 0; more < 20; more++) journal.append("samples", RecordKind.sample, instant(index), new Uint8Array(100));
  const text = `${journal.term}:${index}`;
  const { term, seq } = await journal.commit("samples", RecordKind.command, instant(index), new TextEncoder().encode(text));
  console.log(`${term} ${seq} ${text}`);
}
