import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isJsonObject } from "../shared/base/json.ts";
import { readSettings, type Settings } from "../shared/console/settings.ts";
import { CliAccountFile } from "./console/cli/cli-account.ts";
import { CommandUsage } from "./console/cli/cli-errors.ts";
import { type CliParts, runCommand } from "./console/cli/cli-program.ts";
import type { CommandContext } from "./console/cli/command-context.ts";
import type { DoctorCheck } from "./console/cli/doctor-check.ts";
import { boardHealthCheck, gatewayCheck, linkCheck, nodeCheck } from "./console/cli/gateway-checks.ts";
import { clockCheck, configurationCheck, dataCheck, portCheck } from "./console/cli/local-checks.ts";
import { readMachine } from "./console/node/machine-facts.ts";

const boardProgram = fileURLToPath(new URL("../firmware/main.ts", import.meta.url));
const defaultPorts = { mqtt: 1883, health: 9464 };

/** Asks at the terminal; what is secret is not shown. Without a terminal the answer is a line of standard input. */
async function askTerminal(question: string, secret: boolean): Promise<string> {
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: secret ? silent : process.stderr, terminal: process.stdin.isTTY });
  try {
    for await (const line of lines) return line;
    throw new CommandUsage("nothing was typed");
  } finally {
    lines.close();
    if (secret) process.stderr.write("\n");
  }
}

/** Has the board itself read its configuration. */
async function readConfiguration(
  data: string,
  config: string | undefined,
): Promise<{ readonly sound: boolean; readonly text: string } | undefined> {
  const file = path.resolve(config ?? path.join(data, "penstock.json"));
  if (config === undefined && (await stat(file).catch(() => undefined)) === undefined) return undefined;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [boardProgram, "--check", "--data", data, "--config", file],
      { timeout: 30_000 },
      (error, stdout, stderr) => {
        const said = (error === null ? stdout : stderr).trim().replace(/^penstock: /, "");
        resolve({ sound: error === null, text: said === "" ? `${file} cannot be checked` : said });
      },
    );
  });
}

/** Where the own board listens: as it last said, or where it would. */
async function boardPorts(data: string, settings: Settings): Promise<{ readonly mqtt: number; readonly health: number }> {
  const text = await readFile(path.join(data, "board-ready.json"), "utf8").catch(() => "");
  const portOf = (form: RegExp): number | undefined => {
    const port = Number(form.exec(text)?.[1]);
    return port > 0 ? port : undefined;
  };
  return {
    mqtt: portOf(/"mqtt:\/\/[^"]*:(\d+)"/) ?? settings.mqttPort ?? defaultPorts.mqtt,
    health: portOf(/"health":"http:\/\/[^"]*:(\d+)"/) ?? settings.healthPort ?? defaultPorts.health,
  };
}

function doctorChecks(env: CliParts["env"], fetcher: typeof fetch): CliParts["checks"] {
  return async (context: CommandContext, { config }): Promise<readonly DoctorCheck[]> => {
    const { data } = context;
    const settings = readSettings([], env);
    const anyone = (): Promise<boolean> =>
      context.client().then(
        (client) =>
          client.get("/health").then(
            () => true,
            () => false,
          ),
        () => false,
      );
    let runs: Promise<boolean> | undefined;
    const gatewayRuns = (): Promise<boolean> => {
      runs ??= anyone();
      return runs;
    };
    const gatewayDate = async (): Promise<number | undefined> => {
      const answer = await context.client().then((client) => fetcher(`${client.url}/health`).catch(() => undefined));
      const date = Date.parse(answer?.headers.get("date") ?? "");
      return Number.isNaN(date) ? undefined : date;
    };
    const synchronised = (): Promise<boolean | undefined> => readMachine(".").then((machine) => machine.synchronised);
    const { mqtt, health } = await boardPorts(data, settings);
    const { url } = await context.clientWith(undefined);
    const httpPort = Number(new URL(url).port || (url.startsWith("https") ? 443 : 80));
    return [
      configurationCheck(() => readConfiguration(data, config)),
      dataCheck(data),
      portCheck("the API and the console", httpPort, gatewayRuns),
      portCheck("the MQTT broker", mqtt, gatewayRuns),
      portCheck("the health endpoint of the board", health, gatewayRuns),
      clockCheck(context.now, synchronised, gatewayDate),
      gatewayCheck(context.client),
      boardHealthCheck(`http://127.0.0.1:${health}`, fetcher),
      nodeCheck(context.client),
      linkCheck(context.client),
    ];
  };
}

/** All of `penstock`: one command, then the end. @returns the exit code */
export async function runCli(argv: readonly string[]): Promise<number> {
  // A reader such as head may go before everything is said.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => process.exit(0));
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());
  const manifest: unknown = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
  return runCommand(argv, {
    version: isJsonObject(manifest) ? String(manifest["version"]) : "",
    env: process.env,
    accounts: new CliAccountFile(process.env),
    backups: {
      verify: async (file) => (await import("./twin/store/backup-file.ts")).verifyBackup(file),
      restore: async (file, data, replace) => (await import("./twin/store/restore-backup.ts")).restoreBackup(file, data, replace),
    },
    checks: doctorChecks(process.env, fetch),
    stop: stop.signal,
    fetch,
    write: (text) => process.stdout.write(`${text}\n`),
    note: (text) => process.stderr.write(`${text}\n`),
    askSecret: (question) => askTerminal(question, true),
    ask: (question) => askTerminal(question, false),
    now: Date.now,
    sleep: (ms) => sleep(ms, undefined, { signal: stop.signal }),
  });
}
