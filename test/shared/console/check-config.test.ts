import test from "ava";
import { checkConfig } from "../../../shared/console/check-config.ts";
import { problemTexts, sixPoints, someDevice, someLine, somePoint, withDevice, withPoint } from "../../harness/config-problems.ts";

const tells = test.macro({
  exec(t, config: unknown, ...expected: readonly string[]) {
    t.deepEqual(problemTexts(config), expected);
  },
  title: (what = "") => `tells of ${what}`,
});

test(
  "the same id twice",
  tells,
  { lines: [someLine, someLine], devices: [someDevice, { ...someDevice, unit: 2, points: [somePoint, { ...somePoint }] }] },
  '/lines/1/id: "plc" is the id of /lines/0 already; expected an id that no other line has',
  '/devices/1/id: "pump" is the id of /devices/0 already; expected an id that no other device has',
  '/devices/1/points/1/id: "level" is the id of /devices/1/points/0 already; expected an id that no other point of the device has',
);
test(
  "a line that is not there",
  tells,
  withDevice({ line: "plcc" }),
  '/devices/0/line: there is no line "plcc"; expected one of plc (did you mean plc?)',
);
test(
  "a line where there are none",
  tells,
  { devices: [someDevice] },
  '/devices/0/line: there is no line "plc"; expected a line, and there is none',
);
test(
  "schedules that are not there",
  tells,
  { ...withDevice({ schedule: "defalt", points: [{ ...somePoint, schedule: "slow" }] }), schedules: { fast: { every: "1 s" } } },
  '/devices/0/schedule: there is no schedule "defalt"; expected one of default, fast (did you mean default?)',
  '/devices/0/points/0/schedule: there is no schedule "slow"; expected one of default, fast',
);
test(
  "a device that is called as the board",
  tells,
  { id: "pump", ...withDevice({}) },
  '/devices/0/id: "pump" is the id of the board itself; expected another id, or another /id of the board',
);
test(
  "a unit that two devices share",
  tells,
  { lines: [someLine], devices: [someDevice, { ...someDevice, id: "b", unit: 1 }] },
  '/devices/1/unit: unit 1 of line "plc" is /devices/0 already; expected another unit or line',
);
test(
  "too many points",
  tells,
  withDevice({ points: Array.from({ length: 7 }, (_, index) => ({ ...somePoint, id: `p${index}` })) }),
  "/devices: 7 points are too many for board linux-generic; expected at most 6",
);
test(
  "a period of nothing",
  tells,
  { schedules: { fast: { every: "0.5 ms" } } },
  '/schedules/fast/every: "0.5 ms" is too short; expected at least 1 ms',
);
test(
  "a period beyond all bounds",
  tells,
  { schedules: { slow: { every: `${"9".repeat(400)} d` } } },
  `/schedules/slow/every: "${"9".repeat(400)} d" is too long; expected at most 3650 d`,
);
test(
  "a phase as long as the period",
  tells,
  { schedules: { fast: { every: "1 s", phase: "1000 ms" } } },
  '/schedules/fast/phase: "1000 ms" is not shorter than the period; expected less than "1 s"',
);
const cronWords = 'minute, hour, day, month and weekday, as in "0 6 * * 1-5", seconds before them if need be';
test(
  "a cron pattern out of range",
  tells,
  { schedules: { shift: { cron: "0 24 * * *" } } },
  `/schedules/shift/cron: "0 24 * * *" is not a cron pattern: Invalid value for hour: 24; expected ${cronWords}`,
);
test(
  "a cron pattern of too many fields",
  tells,
  { schedules: { shift: { cron: "0 0 6 * * 1 2030" } } },
  `/schedules/shift/cron: "0 0 6 * * 1 2030" is not a cron pattern: it has 7 fields; expected ${cronWords}`,
);
test(
  "a cron pattern that never comes",
  tells,
  { schedules: { shift: { cron: "0 0 30 2 *" } } },
  `/schedules/shift/cron: "0 0 30 2 *" is not a cron pattern: it never comes; expected ${cronWords}`,
);
test(
  "a time zone that is none",
  tells,
  { schedules: { shift: { cron: "0 6 * * *", zone: "Europe/Berlinn" } } },
  '/schedules/shift/zone: "Europe/Berlinn" is not a known time zone; expected the IANA name of a time zone, as in "Europe/Berlin"',
);
test(
  "a value longer than the unit's largest read",
  tells,
  withDevice({ limits: { registers: 1 }, points: [{ ...somePoint, type: "float32" }] }),
  "/devices/0/points/0: the value takes 2 registers; expected at most 1, the largest read of the unit",
);
test(
  "a value beyond the last register",
  tells,
  withPoint({ address: 65_535, type: "uint32" }),
  "/devices/0/points/0: the value takes 2 registers from address 65535, which reaches beyond 65535; expected a layout without contradiction",
);
test(
  "a write rule on what cannot be written",
  tells,
  withPoint({ area: "input", write: {} }),
  "/devices/0/points/0/write: area input cannot be written; expected area coil or holding, or no write rule",
);
test(
  "access that the write rule contradicts",
  tells,
  withPoint({ access: "read", write: {} }),
  '/devices/0/points/0/access: "read" contradicts the write rule; expected read-write or write, or no write rule',
);
test(
  "access that lacks its write rule",
  tells,
  withPoint({ access: "write" }),
  "/devices/0/points/0/write: missing, though access is write; expected a write rule, {} for one without limits",
);
test(
  "limits the wrong way round",
  tells,
  withPoint({ write: { min: 2, max: 1 } }),
  "/devices/0/points/0/write/min: 2 is above max; expected a number of at most 1",
);
test(
  "limits of what is no number",
  tells,
  withPoint({ area: "coil", write: { max: 1 } }),
  "/devices/0/points/0/write/max: has no effect on type bool; expected values, or a type that is a number",
);
test(
  "read-back and hold of what cannot be read",
  tells,
  withPoint({ access: "write", write: { readBack: true, hold: true } }),
  "/devices/0/points/0/write/readBack: a point with access write cannot be read back; expected false, or access read-write",
  "/devices/0/points/0/write/hold: drift of a point with access write cannot be seen; expected false, or access read-write",
);
test(
  "a deadband that has no effect",
  tells,
  withPoint({ report: { mode: "always", absolute: 1 } }),
  "/devices/0/points/0/report/absolute: has no effect with mode always; expected mode change",
);
test(
  "times of nothing",
  tells,
  { lines: [{ ...someLine, connectTimeout: "0 s", timeout: "0 s" }], twin: { commitInterval: "0 s" } },
  '/lines/0/connectTimeout: "0 s" is too short; expected at least 1 ms',
  '/lines/0/timeout: "0 s" is too short; expected at least 1 ms',
  '/twin/commitInterval: "0 s" is too short; expected at least 1 ms',
);

test(
  "a write rule on what no request writes",
  tells,
  withPoint({ type: "bool", bit: 14, count: 4, write: {} }),
  "/devices/0/points/0/write: bits and halves of several registers cannot be written at once; expected points of their own, or no write rule",
);
test(
  "more registers to write than a request holds",
  tells,
  withPoint({ type: "uint16", count: 124, write: {} }),
  "/devices/0/points/0/write: 124 registers cannot be written at once; expected at most 123",
);
test(
  "a TLS listener without its files, and a plain one with what only the others need",
  tells,
  {
    broker: {
      accounts: "accounts.json",
      listeners: [
        { protocol: "mqtts", key: "k.pem" },
        { protocol: "mqtt", authority: "a.pem", origins: [] },
      ],
    },
  },
  "/broker/listeners/0/certificate: missing, though protocol is mqtts; expected a PEM file",
  "/broker/listeners/1/authority: has no effect with protocol mqtt; expected protocol mqtts or wss",
  "/broker/listeners/1/origins: has no effect with protocol mqtt; expected protocol ws or wss",
);
test(
  "two listeners on one port, the default counted",
  tells,
  {
    broker: { listeners: [{ protocol: "mqtt" }, { protocol: "ws", port: 1883 }, { protocol: "ws", port: 0 }, { protocol: "ws", port: 0 }] },
  },
  "/broker/listeners/1/port: 127.0.0.1:1883 is that of /broker/listeners/0 already; expected a port of its own",
);
test(
  "a broker that would let nobody in",
  tells,
  { broker: { anonymous: false } },
  "/broker/accounts: missing, though anonymous clients are not let in; expected an accounts file, or anonymous clients",
);
test(
  "a filter that is none, and times of nothing",
  tells,
  {
    broker: {
      commitInterval: "0 s",
      limits: { connectTimeout: "0 s", keepalive: "1 ms", sessionExpiry: "0 d" },
      anonymousRules: { publish: ["a/#/b"], subscribe: ["a+"] },
    },
  },
  '/broker/commitInterval: "0 s" is too short; expected at least 1 ms',
  '/broker/limits/connectTimeout: "0 s" is too short; expected at least 1 ms',
  '/broker/limits/keepalive: "1 ms" is too short; expected at least 1000 ms',
  '/broker/limits/sessionExpiry: "0 d" is too short; expected at least 1000 ms',
  '/broker/anonymousRules/publish/0: "a/#/b" is not a topic filter; expected levels with / between, + for any one, # at the end',
  '/broker/anonymousRules/subscribe/0: "a+" is not a topic filter; expected levels with / between, + for any one, # at the end',
);
test(
  "a board that there is none of",
  tells,
  { board: "simulatd" },
  '/board: there is no board "simulatd"; expected one of linux-generic, simulated (did you mean simulated?)',
);

test(
  "more MQTT clients than the board bears",
  tells,
  { broker: { limits: { clients: 11 } } },
  "/broker/limits/clients: 11 clients are too many for board linux-generic; expected at most 10",
);

test("where no boards are known any board will do", (t) => {
  const points = Array.from({ length: 4096 }, (_, index) => ({ id: `p${index}`, area: "holding" as const, address: index }));
  const config = { board: "other", lines: [{ ...someLine, protocol: "modbus-tcp" as const }], devices: [{ ...someDevice, points }] };
  t.deepEqual(checkConfig(config, { calendar: sixPoints.calendar }), []);
});
