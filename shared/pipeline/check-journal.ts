import { checkDuration } from "../base/check-duration.ts";
import { orMaybe } from "../base/check-schema.ts";
import type { Problem } from "../base/problem.ts";
import { millis } from "../base/units.ts";
import type { JournalConfig, StreamConfig } from "./journal-config.ts";
import { commandsStream, leastStreamBytes, samplesStream } from "./resolve-journal.ts";

/** What the checks need to know of the rest of the configuration. */
export interface JournalContext {
  /** Ids of all things that have samples. */
  readonly things: ReadonlySet<string>;
  /** Bytes that the board's description grants; `undefined`: any. */
  readonly journalBytes?: number | undefined;
}

function* checkStreams(streams: readonly StreamConfig[], things: ReadonlySet<string>): Generator<Problem> {
  const ids = new Map<string, string>([
    [samplesStream, "a stream that every journal has"],
    [commandsStream, "a stream that every journal has"],
  ]);
  const placed = new Map<string, string>();
  for (const [index, stream] of streams.entries()) {
    const path = `/journal/streams/${index}`;
    const taken = ids.get(stream.id);
    if (taken !== undefined) yield { path: `${path}/id`, message: `"${stream.id}" is ${taken}`, expected: "an id of its own" };
    else ids.set(stream.id, `${path}/id already`);
    for (const [at, thing] of stream.things.entries()) {
      const place = `${path}/things/${at}`;
      const earlier = placed.get(thing);
      if (earlier !== undefined)
        yield { path: place, message: `"${thing}" is in ${earlier} already`, expected: "each thing in one stream" };
      else placed.set(thing, place);
      if (!things.has(thing)) {
        const expected = orMaybe("the id of a device or a sensor", thing, things);
        yield { path: place, message: `there is no thing "${thing}"`, expected };
      }
    }
  }
}

function* checkRoom(config: JournalConfig, granted: number | undefined): Generator<Problem> {
  const { streams = [], maxBytes = granted } = config;
  if (maxBytes === undefined) return;
  if (granted !== undefined && maxBytes > granted) {
    yield { path: "/journal/maxBytes", message: `${maxBytes} bytes are more than the board grants`, expected: `at most ${granted}` };
  }
  const least = streams.reduce((sum, stream) => sum + (stream.maxBytes ?? leastStreamBytes), 2 * leastStreamBytes);
  if (least > maxBytes) {
    const message = `the streams need ${least} bytes, those named ${samplesStream} and ${commandsStream} included`;
    yield { path: "/journal/streams", message, expected: `at most ${maxBytes} together` };
  }
}

/** What the schema cannot say about the journal. */
export function* checkJournal(config: JournalConfig, { things, journalBytes }: JournalContext): Generator<Problem> {
  yield* checkDuration("/journal/commitInterval", config.commitInterval, millis(10));
  yield* checkDuration("/journal/keep", config.keep, millis(0));
  yield* checkDuration("/journal/heartbeat", config.heartbeat, millis(1000));
  yield* checkStreams(config.streams ?? [], things);
  yield* checkRoom(config, journalBytes);
}
