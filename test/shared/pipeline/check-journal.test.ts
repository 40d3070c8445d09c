import test from "ava";
import { checkJournal } from "../../../shared/pipeline/check-journal.ts";
import type { JournalConfig } from "../../../shared/pipeline/journal-config.ts";
import { resolveJournal } from "../../../shared/pipeline/resolve-journal.ts";

const things = new Set(["pump", "valve", "tank"]);
const problems = (config: JournalConfig, journalBytes?: number): readonly string[] =>
  [...checkJournal(config, { things, journalBytes })].map(({ path, message, expected }) => `${path}: ${message}; expected ${expected}`);

test("a journal that says nothing is in order", (t) => {
  t.deepEqual(problems({}), []);
});

test("a thing in two streams, a thing that is none and ids that are taken are told", (t) => {
  const streams = [
    { id: "a", things: ["pump", "valv"] },
    { id: "a", things: ["pump"] },
    { id: "samples", things: ["tank"] },
  ];
  t.deepEqual(problems({ streams }), [
    '/journal/streams/0/things/1: there is no thing "valv"; expected the id of a device or a sensor (did you mean valve?)',
    '/journal/streams/1/id: "a" is /journal/streams/0/id already; expected an id of its own',
    '/journal/streams/1/things/0: "pump" is in /journal/streams/0/things/0 already; expected each thing in one stream',
    '/journal/streams/2/id: "samples" is a stream that every journal has; expected an id of its own',
  ]);
});

test("streams that need more than there is, and a journal that is more than the board grants, are told", (t) => {
  t.deepEqual(problems({ maxBytes: 2_000_000, streams: [{ id: "a", things: ["pump"], maxBytes: 1_900_000 }] }), [
    "/journal/streams: the streams need 2424288 bytes, those named samples and commands included; expected at most 2000000 together",
  ]);
  t.deepEqual(problems({ maxBytes: 5_000_000 }, 4_000_000), [
    "/journal/maxBytes: 5000000 bytes are more than the board grants; expected at most 4000000",
  ]);
});

test("times that make no sense are told", (t) => {
  t.is(problems({ commitInterval: "1 ms", heartbeat: "1 ms", keep: "9999 d" }).length, 3);
});

test("streams share what is left: an eighth for commands, the rest evenly, never more than there is", (t) => {
  const resolved = resolveJournal(
    {
      streams: [
        { id: "a", things: ["pump"], maxBytes: 1_000_000 },
        { id: "b", things: ["valve"], whenFull: "stop" },
      ],
    },
    9_000_000,
  );
  t.deepEqual(
    resolved.streams.map(({ id, maxBytes, whenFull }) => [id, maxBytes, whenFull]),
    [
      ["samples", 3_500_000, "drop-oldest"],
      ["commands", 1_000_000, "drop-oldest"],
      ["a", 1_000_000, "drop-oldest"],
      ["b", 3_500_000, "stop"],
    ],
  );
});
