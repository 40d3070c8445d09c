import { nearestName } from "../base/nearest-name.ts";
import { SettingsInvalid } from "./settings-invalid.ts";

/** What a process is told when it starts. */
export interface Settings {
  /** Directory of everything that outlives the process. */
  readonly data: string;
  /** Configuration file; without it `penstock.json` in the data directory. */
  readonly config?: string;
  /** TCP port of the broker's first plain listener, 0 for any free one; absent: what the configuration says. */
  readonly mqttPort?: number;
  /** TCP port of `/health` and `/metrics`, 0 for any free one; absent: what the configuration says. */
  readonly healthPort?: number;
  /** TCP port of the simulated pump station, 0 for any free one. */
  readonly simulatorPort: number;
  readonly simulator: boolean;
  /** TCP port of the gateway's API and console, 0 for any free one. */
  readonly httpPort: number;
  /** Address that they listen on. */
  readonly httpHost: string;
  /** PEM files; without them there is no TLS. */
  readonly httpCertificate?: string;
  readonly httpKey?: string;
  /** A board's: how it signs in at its own broker to bring its journal to the gateway that runs it. */
  readonly ownGateway?: string;
  /** A board's: say whether the configuration is sound, and end. */
  readonly check: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

/** One line of the table that both the reader and the help text follow. */
export interface SettingRow {
  readonly flag: `--${string}`;
  /** Absent for flags that make no sense as an environment variable. */
  readonly variable?: `PENSTOCK_${string}`;
  readonly kind: "path" | "port" | "host" | "switch";
  /** Stands when neither flag nor variable is given. */
  readonly default?: string;
  readonly help: string;
}

/** Every start-up setting there is. */
export const settingsTable = [
  {
    flag: "--data",
    variable: "PENSTOCK_DATA",
    kind: "path",
    default: "./data",
    help: "directory of stores, logs and the default configuration",
  },
  { flag: "--config", variable: "PENSTOCK_CONFIG", kind: "path", help: "configuration file; default: penstock.json in the data directory" },
  {
    flag: "--mqtt-port",
    variable: "PENSTOCK_MQTT_PORT",
    kind: "port",
    help: "MQTT broker of the board; default: the configuration's, or 1883",
  },
  {
    flag: "--health-port",
    variable: "PENSTOCK_HEALTH_PORT",
    kind: "port",
    help: "/health and /metrics of the board; default: the configuration's, or 9464",
  },
  {
    flag: "--simulator-port",
    variable: "PENSTOCK_SIMULATOR_PORT",
    kind: "port",
    default: "5020",
    help: "simulated pump station, Modbus TCP",
  },
  {
    flag: "--http-port",
    variable: "PENSTOCK_HTTP_PORT",
    kind: "port",
    default: "8080",
    help: "API and console of the gateway",
  },
  {
    flag: "--http-host",
    variable: "PENSTOCK_HTTP_HOST",
    kind: "host",
    default: "127.0.0.1",
    help: "address that API and console listen on; beyond loopback only with TLS",
  },
  { flag: "--http-cert", variable: "PENSTOCK_HTTP_CERT", kind: "path", help: "PEM file of the certificate chain of API and console" },
  { flag: "--http-key", variable: "PENSTOCK_HTTP_KEY", kind: "path", help: "PEM file of its key" },
  { flag: "--own-gateway", kind: "path", help: "for a board that a gateway runs: the file with its account at its own broker" },
  { flag: "--no-simulator", kind: "switch", help: "start no simulated pump station" },
  { flag: "--check", kind: "switch", help: "for a board: read the configuration, say whether it is sound, and end" },
  { flag: "--help", kind: "switch", help: "print this and end" },
  { flag: "--version", kind: "switch", help: "print the version and end" },
] as const satisfies readonly SettingRow[];

type Flag = (typeof settingsTable)[number]["flag"];

const expectations: Readonly<Record<SettingRow["kind"], string>> = {
  path: "a path",
  port: "a TCP port from 1 to 65535, or 0 for any free one",
  host: "an address of this machine, as in 127.0.0.1 or 0.0.0.0",
  switch: "no value",
};

/** Where a value came from, for messages. */
interface Given {
  readonly setting: string;
  readonly value: string;
}

/**
 * Reads the settings; flags win over the environment, the last of equal flags wins, an empty variable counts as absent.
 * @param argv the arguments alone, without program and script
 * @throws {SettingsInvalid}
 */
export function readSettings(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Settings {
  const given = new Map<string, Given>();
  for (const row of settingsTable) {
    const value = "variable" in row ? env[row.variable] : undefined;
    if ("variable" in row && value !== undefined && value !== "") given.set(row.flag, { setting: row.variable, value });
  }
  readFlags(argv, given);
  const text = (flag: Flag): string | undefined => given.get(flag)?.value ?? rowOf(flag)?.default;
  const port = (flag: Flag): number | undefined => {
    const value = text(flag);
    return value === undefined ? undefined : parsePort({ setting: given.get(flag)?.setting ?? flag, value });
  };
  const config = text("--config");
  const mqttPort = port("--mqtt-port");
  const healthPort = port("--health-port");
  const httpCertificate = text("--http-cert");
  const httpKey = text("--http-key");
  const ownGateway = text("--own-gateway");
  return {
    data: text("--data") ?? "",
    ...(config !== undefined && { config }),
    ...(mqttPort !== undefined && { mqttPort }),
    ...(healthPort !== undefined && { healthPort }),
    simulatorPort: port("--simulator-port") ?? 0,
    simulator: !given.has("--no-simulator"),
    httpPort: port("--http-port") ?? 0,
    httpHost: text("--http-host") ?? "",
    ...(httpCertificate !== undefined && { httpCertificate }),
    ...(httpKey !== undefined && { httpKey }),
    ...(ownGateway !== undefined && { ownGateway }),
    check: given.has("--check"),
    help: given.has("--help"),
    version: given.has("--version"),
  };
}

function rowOf(flag: string): SettingRow | undefined {
  return settingsTable.find((row) => row.flag === flag);
}

function readFlags(argv: readonly string[], given: Map<string, Given>): void {
  for (let at = 0; at < argv.length; at++) {
    const argument = argv[at] ?? "";
    const equals = argument.indexOf("=");
    const name = equals < 0 ? argument : argument.slice(0, equals);
    const row = rowOf(name);
    if (row === undefined) throw unknownFlag(name);
    let value = equals < 0 ? undefined : argument.slice(equals + 1);
    if (row.kind === "switch") {
      if (value !== undefined) throw new SettingsInvalid(name, `"${value}" is given`, expectations.switch);
      given.set(name, { setting: name, value: "" });
      continue;
    }
    if (value === undefined && argv[at + 1]?.startsWith("--") !== true) value = argv[++at];
    if (value === undefined || value === "") throw new SettingsInvalid(name, "the value is missing", expectations[row.kind]);
    given.set(name, { setting: name, value });
  }
}

function unknownFlag(name: string): SettingsInvalid {
  const flags = settingsTable.map((row) => row.flag);
  const near = nearestName(name, flags);
  return new SettingsInvalid(
    name,
    "there is no such flag",
    near === undefined ? `one of ${flags.join(", ")}` : `one that --help lists, perhaps ${near}`,
  );
}

function parsePort({ setting, value }: Given): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (!(port <= 65_535)) throw new SettingsInvalid(setting, `"${value}" is not a port`, expectations.port);
  return port;
}

/** What `--help` prints, made from the same table. */
export function helpText(): string {
  const placeholders: Readonly<Record<SettingRow["kind"], string>> = { path: " PATH", port: " N", host: " ADDRESS", switch: "" };
  const rows: readonly SettingRow[] = settingsTable;
  const flags = rows.map((row) => `${row.flag}${placeholders[row.kind]}`);
  const width = Math.max(...flags.map((flag) => flag.length));
  const lines = rows.map((row, index) => {
    const notes = [row.default === undefined ? [] : `default ${row.default}`, row.variable ?? []].flat();
    return `  ${(flags[index] ?? "").padEnd(width)}  ${row.help}${notes.length === 0 ? "" : ` (${notes.join("; ")})`}`;
  });
  return ["Usage: npm start -- [flags]", "", ...lines, "", "A flag wins over its environment variable."].join("\n");
}
