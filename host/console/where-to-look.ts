/** What a user can reach once everything runs. */
export interface Running {
  readonly version: string;
  /** `host:port`; absent without simulator. */
  readonly simulator?: string;
  /** Of the broker: `mqtt://127.0.0.1:1883`. */
  readonly addresses: readonly string[];
  readonly health: string;
  readonly data: string;
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
  const facts: readonly (readonly [string, string])[] = [
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
  if (options !== undefined) lines.push("", ...commands(options, running.simulator !== undefined));
  return lines.join("\n");
}

function commands(options: string, simulator: boolean): string[] {
  const watch = ["Watch all values as they come:", `  mosquitto_sub ${options} -v -t 'penstock/v1/+/data/#'`];
  if (!simulator) return watch;
  const set = (feature: string, value: string): string =>
    `  mosquitto_pub ${options} -q 1 -t penstock/v1/pump-station/twin/${feature}/set -m '{"value":${value}}'`;
  return [
    ...watch,
    "",
    "Take over from the automatic mode and start the pump:",
    set("mode", '"manual"'),
    set("pump-1", "true"),
    "The pump ramps up for about 10 s: run-state turns to running, flow to some 36 m3/h, and the level falls. Hand it back with:",
    set("mode", '"automatic"'),
  ];
}
