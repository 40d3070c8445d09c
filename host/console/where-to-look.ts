/** What a user can reach once everything runs. */
export interface Running {
  readonly version: string;
  /** `host:port`; absent without simulator. */
  readonly simulator?: string;
  /** Base address of console and API. */
  readonly console: string;
  /** While there are no users: the token that opens the console once, and the file that holds it. */
  readonly firstStart?: { readonly file: string; readonly token: string };
  /** Of the broker: `mqtt://127.0.0.1:1883`. */
  readonly addresses: readonly string[];
  readonly health: string;
  readonly data: string;
  /** Where the gateway was started. */
  readonly folder: string;
  readonly config: string;
  readonly boardLog: string;
}

/** Options of mosquitto's clients for the first plain MQTT address. */
function clientOptions(addresses: readonly string[]): string | undefined {
  const match = addresses.map((address) => /^mqtt:\/\/([^/:]+):(\d+)/.exec(address)).find((found) => found !== null);
  return match === undefined || match === null ? undefined : `-h ${match[1]} -p ${match[2]}`;
}

/** What `npm start` prints: where everything is, and commands to try that work as they stand. */
export function whereToLook(running: Running): string {
  const { firstStart } = running;
  const facts: readonly (readonly [string, string])[] = [
    ["Console", firstStart === undefined ? running.console : `${running.console}/#token=${firstStart.token}`],
    ...(firstStart === undefined ? [] : [["First log-in", `the link above; the token is in ${firstStart.file}`] as const]),
    ["API", `${running.console}/api/docs`],
    ...(running.simulator === undefined ? [] : [["Simulated pump station", `Modbus TCP ${running.simulator}, unit 1`] as const]),
    ["MQTT broker", running.addresses.join("  ")],
    ["Health, metrics", `${running.health}/health  ${running.health}/metrics`],
    ["Configuration", running.config],
    ["Data", running.data],
    ["Log of the board", `${running.boardLog} (warnings and errors are shown here too)`],
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  const lines = [
    `Penstock ${running.version} runs. Ctrl-C ends it.`,
    "",
    ...facts.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
  ];
  const options = clientOptions(running.addresses);
  if (options !== undefined) lines.push("", "Watch all values as they come:", `  mosquitto_sub ${options} -v -t 'penstock/v1/+/data/#'`);
  if (running.simulator !== undefined) lines.push("", ...pumpCommands(commandLine(running)));
  return lines.join("\n");
}

/** The command line as it reaches this gateway from the folder of the project. */
function commandLine({ console: url, data, folder }: Running): string {
  const address = url === "http://127.0.0.1:8080" ? "" : ` --url ${url}`;
  return `npx penstock${address}${data === `${folder}/data` ? "" : ` --data ${data}`}`;
}

function pumpCommands(penstock: string): string[] {
  return [
    "Take over from the automatic mode and start the pump:",
    `  ${penstock} set pump-station/mode manual`,
    `  ${penstock} set pump-station/pump-1 true`,
    "The pump ramps up for about 10 s: run-state turns to running, flow to some 36 m3/h, and the level falls. Hand it back with:",
    `  ${penstock} set pump-station/mode automatic`,
  ];
}
