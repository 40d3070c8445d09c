import { randomBytes } from "node:crypto";
import { FlashWear } from "../../firmware/pipeline/flash-wear.ts";
import { NodeLogFs } from "../../firmware/pipeline/log-fs-node.ts";
import { SegmentedJournal } from "../../firmware/pipeline/segmented-journal.ts";
import { NodeClock } from "../../firmware/platform/clock-node.ts";
import type { Log } from "../../shared/base/log.ts";
import { type Millis, millis } from "../../shared/base/units.ts";

export interface UplinkJournalParts {
  readonly directory: string;
  readonly log: Log;
  readonly commitInterval?: Millis;
  readonly maxBytes?: number;
}

/** The board's journal on a real disk, with a stream of samples and one of commands. */
export function openUplinkJournal({
  directory,
  log,
  commitInterval = millis(20),
  maxBytes = 64 << 20,
}: UplinkJournalParts): Promise<SegmentedJournal> {
  const clock = new NodeClock();
  return SegmentedJournal.open({
    fs: new NodeLogFs(new FlashWear({ clock })),
    directory,
    settings: {
      commitInterval,
      commitBytes: 65_536,
      keep: millis(0),
      streams: [
        { id: "samples", things: [], maxBytes, whenFull: "drop-oldest" },
        { id: "commands", things: [], maxBytes: 1 << 20, whenFull: "drop-oldest" },
      ],
    },
    clock,
    log,
    random: Math.random,
    newBootId: () => randomBytes(16).toString("hex"),
  });
}
