import { readFile } from "node:fs/promises";
import { writeFileAtomic } from "../platform/write-file-atomic.ts";
import { pumpStationConfig } from "./pump-station-config.ts";

/** Where the simulated pump station listens. */
interface StationAddress {
  readonly host: string;
  readonly port: number;
}

/** `written` new · `kept` there already · `other-port` there already, and nothing in it names the port of the simulator. */
export type DefaultConfigResult = "written" | "kept" | "other-port";

const textFor = (address: StationAddress): string => `${JSON.stringify(pumpStationConfig(address), null, 2)}\n`;

/** The port that a default configuration names for the pump station; `undefined` when the text was edited or is something else. */
function untouchedPort(text: string, host: string): number | undefined {
  const port = Number(/"port": (\d+)/.exec(text)?.[1]);
  return Number.isInteger(port) && text === textFor({ host, port }) ? port : undefined;
}

/**
 * Writes the default configuration where there is none, so that it can be seen and edited. One that nobody edited follows the port of the simulator; an
 * edited one is never touched.
 */
export async function ensureDefaultConfig(file: string, address: StationAddress): Promise<DefaultConfigResult> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
  const port = text === undefined ? undefined : untouchedPort(text, address.host);
  if (text === undefined || (port !== undefined && port !== address.port)) {
    await writeFileAtomic(file, textFor(address));
    return "written";
  }
  return new RegExp(`"port"\\s*:\\s*${address.port}\\b`).test(text) ? "kept" : "other-port";
}
