import test from "ava";
import fc from "fast-check";
import { helpText, readSettings, settingsTable } from "../../../shared/console/settings.ts";
import { SettingsInvalid } from "../../../shared/console/settings-invalid.ts";

const defaults = {
  data: "./data",
  simulatorPort: 5020,
  simulator: true,
  httpPort: 8080,
  httpHost: "127.0.0.1",
  check: false,
  help: false,
  version: false,
};

test("without flags and environment the defaults stand, and the ports of the board are left to its configuration", (t) => {
  t.deepEqual(readSettings([], {}), defaults);
});

test("every flag is read, with its value behind = or as the next argument", (t) => {
  const expected = { ...defaults, data: "/srv/d", config: "c.json", mqttPort: 1, healthPort: 65_535, simulatorPort: 0, simulator: false };
  const values = ["--data=/srv/d", "--config=c.json", "--mqtt-port=1", "--health-port=65535", "--simulator-port=0", "--no-simulator"];
  t.deepEqual(readSettings(values, {}), expected);
  t.deepEqual(
    readSettings(
      values.flatMap((value) => value.split("=")),
      {},
    ),
    expected,
  );
  t.true(readSettings(["--help"], {}).help);
  t.true(readSettings(["--check"], {}).check);
  t.true(readSettings(["--version"], {}).version);
});

test("every variable is read, and a flag wins over it", (t) => {
  const env = {
    PENSTOCK_DATA: "/srv/d",
    PENSTOCK_CONFIG: "c.json",
    PENSTOCK_MQTT_PORT: "1",
    PENSTOCK_HEALTH_PORT: "2",
    PENSTOCK_SIMULATOR_PORT: "3",
  };
  t.deepEqual(readSettings([], env), { ...defaults, data: "/srv/d", config: "c.json", mqttPort: 1, healthPort: 2, simulatorPort: 3 });
  t.is(readSettings(["--health-port", "4"], env).healthPort, 4);
  t.is(readSettings(["--mqtt-port", "5", "--mqtt-port", "6"], env).mqttPort, 6);
  t.deepEqual(readSettings([], { PENSTOCK_DATA: "", PENSTOCK_MQTT_PORT: "" }), defaults);
});

test("the gateway's listener and a board's own gateway are read", (t) => {
  const argv = ["--http-port", "0", "--http-host=0.0.0.0", "--http-cert", "c.pem", "--http-key", "k.pem", "--own-gateway", "g.json"];
  const expected = { ...defaults, httpPort: 0, httpHost: "0.0.0.0", httpCertificate: "c.pem", httpKey: "k.pem", ownGateway: "g.json" };
  t.deepEqual(readSettings(argv, {}), expected);
  const env = { PENSTOCK_HTTP_PORT: "9", PENSTOCK_HTTP_HOST: "::1", PENSTOCK_HTTP_CERT: "c", PENSTOCK_HTTP_KEY: "k" };
  t.deepEqual(readSettings([], env), { ...defaults, httpPort: 9, httpHost: "::1", httpCertificate: "c", httpKey: "k" });
});

test("a value may hold an equals sign", (t) => {
  t.is(readSettings(["--data=a=b"], {}).data, "a=b");
});

const refused = test.macro({
  exec(t, argv: string[], env: Record<string, string>, setting: string, message: RegExp) {
    const error = t.throws(() => readSettings(argv, env), { instanceOf: SettingsInvalid });
    t.is(error.code, "EDGE_SETTINGS");
    t.is(error.setting, setting);
    t.regex(error.message, message);
  },
  title: (_given, argv: string[] = [], env: Record<string, string> = {}) =>
    `${[...argv, ...Object.entries(env).map((pair) => pair.join("="))].join(" ")} is refused`,
});
test(refused, ["--dtaa", "x"], {}, "--dtaa", /no such flag.*perhaps --data/);
test(refused, ["--frobnicate"], {}, "--frobnicate", /one of --data, --config/);
test(refused, ["somewhere"], {}, "somewhere", /no such flag/);
test(refused, ["--data"], {}, "--data", /value is missing; expected a path/);
test(refused, ["--data", "--no-simulator"], {}, "--data", /value is missing/);
test(refused, ["--config="], {}, "--config", /value is missing/);
test(refused, ["--no-simulator=yes"], {}, "--no-simulator", /"yes" is given; expected no value/);
test(refused, ["--mqtt-port", "65536"], {}, "--mqtt-port", /"65536" is not a port; expected a TCP port from 1 to 65535/);
test(refused, ["--mqtt-port", "-1"], {}, "--mqtt-port", /"-1" is not a port/);
test(refused, ["--health-port", "1e3"], {}, "--health-port", /"1e3" is not a port/);
test(refused, [], { PENSTOCK_SIMULATOR_PORT: "http" }, "PENSTOCK_SIMULATOR_PORT", /"http" is not a port/);

test("any arguments give settings or a SettingsInvalid, and every port is one", (t) => {
  const argument = fc.oneof(fc.constantFrom(...settingsTable.map((row) => row.flag)), fc.string(), fc.nat({ max: 70_000 }).map(String));
  fc.assert(
    fc.property(fc.array(argument), (argv) => {
      try {
        const { mqttPort, healthPort, simulatorPort } = readSettings(argv, {});
        for (const port of [mqttPort ?? 0, healthPort ?? 0, simulatorPort]) t.true(Number.isInteger(port) && port >= 0 && port <= 65_535);
      } catch (error) {
        t.true(error instanceof SettingsInvalid);
      }
    }),
  );
});

test("the help names every flag, variable and default", (t) => {
  const help = helpText();
  for (const row of settingsTable) {
    t.true(help.includes(row.flag));
    if ("variable" in row) t.true(help.includes(row.variable));
    if ("default" in row) t.true(help.includes(`default ${row.default}`));
  }
});
