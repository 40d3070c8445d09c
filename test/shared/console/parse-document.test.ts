import test from "ava";
import { problemLines, problemTexts, someLine, withDevice, withPoint } from "../../harness/config-problems.ts";

const tells = test.macro({
  exec(t, config: unknown, ...expected: readonly string[]) {
    t.deepEqual(problemTexts(config), expected);
  },
  title: (what = "") => `tells of ${what}`,
});

const idWords = "1 to 64 letters, digits and : . _ -, the first a letter or digit";
const durationWords = 'a duration, a number and one of ms, s, min, h, d, as in "500 ms"';
const types = "bool, uint8, int8, uint16, int16, uint32, int32, uint64, int64, float16, float32, float64, bcd16, bcd32, string";

test(
  "a mistyped word of a closed set",
  tells,
  withPoint({ type: "flaot32" }),
  `/devices/0/points/0/type: "flaot32" is not allowed; expected one of ${types} (did you mean float32?)`,
);
test(
  "a word that is near to none of a closed set",
  tells,
  withPoint({ order: "middle" }),
  '/devices/0/points/0/order: "middle" is not allowed; expected one of ABCD, CDAB, BADC, DCBA',
);
test(
  "a number that is too large",
  tells,
  withPoint({ address: 65_536 }),
  "/devices/0/points/0/address: 65536 is not allowed; expected a whole number from 0 to 65535",
);
test(
  "a number that is not whole",
  tells,
  withDevice({ unit: 1.5 }),
  "/devices/0/unit: 1.5 is not allowed; expected a whole number from 0 to 255",
);
test("a number in quotes", tells, withDevice({ unit: "1" }), '/devices/0/unit: "1" is not allowed; expected a whole number from 0 to 255');
test("a number that is not finite", (t) => {
  t.deepEqual(
    problemLines('{"devices": [{"id": "a", "line": "l", "points": [{"id": "p", "area": "coil", "address": 0, "scale": 1e999}]}]}'),
    ["penstock.json:1:92: /devices/0/points/0/scale: a number too large is not allowed; expected a number"],
  );
});
test("null where something is expected", tells, { lines: null }, "/lines: null is not allowed; expected a list of at most 1024 items");
test("a whole document of the wrong kind", tells, [], "a list of 0 items is not allowed; expected an object");
test(
  "a list that is too short",
  tells,
  withDevice({ points: [] }),
  "/devices/0/points: a list of 0 items is not allowed; expected a list of 1 to 4096 items",
);
test(
  "an object where a list is expected",
  tells,
  { devices: {} },
  "/devices: an object is not allowed; expected a list of at most 4096 items",
);
test("an id with a slash", tells, { id: "a/b" }, `/id: "a/b" is not allowed; expected ${idWords}`);
test(
  "a duration without a unit",
  tells,
  { lines: [{ ...someLine, timeout: "500" }] },
  `/lines/0/timeout: "500" is not allowed; expected ${durationWords}`,
);
test(
  "text that is too long",
  tells,
  withDevice({ name: "x".repeat(129) }),
  "/devices/0/name: text of 129 characters is not allowed; expected text of at most 128 characters",
);
test("an empty text", tells, { lines: [{ ...someLine, host: "" }] }, '/lines/0/host: "" is not allowed; expected text that is not empty');
test(
  "missing keys, all of them",
  tells,
  { lines: [{ protocol: "modbus-tcp" }] },
  `/lines/0/id: missing; expected ${idWords}`,
  "/lines/0/host: missing; expected text that is not empty",
);
test(
  "a missing key that decides about the others",
  tells,
  { lines: [{}] },
  "/lines/0/protocol: missing; expected one of modbus-tcp, modbus-rtu, modbus-rtu-tcp",
);
test(
  "what is unknown to the kind of line that was named",
  tells,
  { lines: [{ id: "a", protocol: "modbus-rtu", host: "h", device: "/dev/ttyS0", parity: "evn" }] },
  "/lines/0/host: unknown property; expected one of id, protocol, device, baud, parity, stopBits, rs485, echo, turnaround, timeout, sickShare",
  '/lines/0/parity: "evn" is not allowed; expected one of even, odd, none (did you mean even?)',
);
test(
  "an address of a gateway that is none",
  tells,
  { uplink: { url: "http://gateway" } },
  '/uplink/url: "http://gateway" is not allowed; expected the address of a broker, as in "mqtts://gateway.example:8883"',
);
test(
  "an uplink of a board that has no name of its own",
  tells,
  { uplink: { url: "mqtt://gateway" } },
  "/id: missing; expected the board's own name among all boards of its gateway, since there is an uplink",
);
test(
  "an unknown property that is near to one",
  tells,
  { linse: [] },
  "/linse: unknown property; expected one of $schema, id, board, lines, devices, buses, sensors, schedules, broker, twin, journal, uplink, modbusServer, watchdog, health (did you mean lines?)",
);
test(
  "an unknown property that is near to none",
  tells,
  { twin: { "a/b": 1 } },
  "/twin/a~1b: unknown property; expected one of commitInterval, commitDelay, commitSize, refreshInterval, maxFeatures, maxDocument",
);
test("a prototype key", (t) => {
  t.deepEqual(problemLines('{"health": {"__proto__": {}}}'), [
    "penstock.json:1:13: /health/__proto__: unknown property; expected one of host, port",
  ]);
});
test(
  "a number or word, neither of which was given",
  tells,
  { lines: [{ ...someLine, inFlight: 17 }] },
  "/lines/0/inFlight: 17 is not allowed; expected a whole number from 1 to 16, or learn",
);
test(
  "a mistyped word that could be a number",
  tells,
  { lines: [{ ...someLine, inFlight: "lern" }] },
  '/lines/0/inFlight: "lern" is not allowed; expected a whole number from 1 to 16, or learn (did you mean learn?)',
);
test(
  "a schedule of no kind",
  tells,
  { schedules: { fast: { priority: 1 } } },
  "/schedules/fast: no kind given; expected exactly one of every, cron, once",
);
test(
  "a schedule of two kinds",
  tells,
  { schedules: { fast: { every: "1 s", once: "1 s" } } },
  "/schedules/fast: every and once exclude each other; expected exactly one of every, cron, once",
);
test(
  "what is wrong with a schedule of a clear kind",
  tells,
  { schedules: { fast: { every: "1 sec", prioriti: 1 } } },
  `/schedules/fast/every: "1 sec" is not allowed; expected ${durationWords}`,
  "/schedules/fast/prioriti: unknown property; expected one of every, phase, deadline, priority (did you mean priority?)",
);
test(
  "a schedule that is no object",
  tells,
  { schedules: { fast: "1 s" } },
  '/schedules/fast: "1 s" is not allowed; expected an object with every, or an object with cron, or an object with once',
);
test(
  "a bad name of a schedule",
  tells,
  { schedules: { "a b": { every: "1 s" } } },
  `/schedules/a b: the name "a b" is not allowed; expected ${idWords}`,
);
test(
  "a raw value's name that is no number",
  tells,
  withPoint({ names: { on: "running" } }),
  '/devices/0/points/0: names has the key "on", which is not a plain integer; expected a layout without contradiction',
);

const faults = test.macro({
  exec(t, text: string, expected: string) {
    t.deepEqual(problemLines(text), [`penstock.json:${expected}`]);
  },
  title: (what = "") => `names the place of ${what}`,
});
test("a missing comma", faults, '{\n  "id": "a"\n  "board": "b"\n}', '3:3: "board" is not allowed here; expected "," or "}"');
test("a trailing comma", faults, '{\n  "lines": [],\n}', '3:1: } is not allowed here; expected a key in double quotes, as in "id"');
test("a comment", faults, "{\n  // lines\n}", '2:3: a comment is not allowed here; expected a key in double quotes, as in "id"');
test("a bare word", faults, '{"id": board}', "1:8: board is not allowed here; expected a value");
test("an empty file", faults, "", "1:1: the end of the file is not allowed here; expected a value");
test("a file that was cut off", faults, '{"lines": [', "1:12: the end of the file is not allowed here; expected a value");
test(
  "a text that does not end",
  faults,
  '{"id": "a\n}',
  "1:8: a text that does not end or has a bad escape is not allowed here; expected a value",
);
test("text after the end", faults, "{} {}", "1:4: { is not allowed here; expected the end of the file");
test("a key that stands twice", faults, '{"id": "a",\n "id": "b"}', "2:2: /id: the key stands here again; expected each key once");

test("each problem names the line and column of its key or item", (t) => {
  const text =
    '{\n  "lines": [\n    { "id": "plc", "protocol": "modbus-tcp", "host": "a" },\n    7\n  ],\n  "twin": {\n    "commitSise": 1\n  }\n}';
  const lines = problemLines(text);
  t.deepEqual(
    lines.map((problem) => problem.split(" ", 2).join(" ")),
    ["penstock.json:4:5: /lines/1:", "penstock.json:7:5: /twin/commitSise:"],
  );
});

test("a text that nests beyond all sense is refused, not run out of stack on", (t) => {
  t.deepEqual(problemLines(`${"[".repeat(100_000)}${"]".repeat(100_000)}`), [
    "penstock.json:1:66: more than 64 levels is not allowed here; expected fewer",
  ]);
});

test("at most fifty problems are shown, and that there may be more", (t) => {
  const lines = problemLines(JSON.stringify({ lines: Array.from({ length: 60 }, () => 1) }));
  t.is(lines.length, 51);
  t.is(lines[50], "penstock.json: only the first 50 problems are shown");
});

test("problems of every part of the file are told at once", (t) => {
  const lines = problemLines(JSON.stringify({ lines: [1], devices: [2], schedules: { a: 3 }, twin: 4, health: 5 }));
  t.is(lines.length, 5);
});
