import { type ConfigContext, checkConfig } from "../../shared/console/check-config.ts";
import { configInvalid, parseDocument } from "../../shared/console/parse-document.ts";
import { PenstockConfig } from "../../shared/console/penstock-config.ts";
import { readText } from "../platform/read-text.ts";

/** The least that polls something. */
export const smallestConfig =
  '{"lines":[{"id":"plc","protocol":"modbus-tcp","host":"192.0.2.1"}],"devices":[{"id":"pump","line":"plc","points":[{"id":"level","area":"holding","address":0}]}]}';

/**
 * Reads `penstock.json` and makes sure that a board can be started from it as a whole.
 * @throws {ConfigMissing} {ConfigUnreadable} {ConfigInvalid} with every problem on a line of its own
 */
export async function readConfig(path: string, context: ConfigContext): Promise<PenstockConfig> {
  const text = await readText(path, `start without --config for the built-in example, or write one such as ${smallestConfig}`);
  const config = parseDocument(path, text, PenstockConfig);
  const problems = checkConfig(config, context);
  if (problems.length > 0) throw configInvalid(path, text, problems);
  return config;
}
