import { readFile } from "node:fs/promises";
import { isJsonObject, type JsonValue } from "../../shared/base/json.ts";
import { boardNamePattern } from "../../shared/console/penstock-config.ts";

const defaultBoard = "linux-generic";

/**
 * The flags of Node that suit the board which a configuration names, from its description in `boards/`. A configuration that cannot be read has the
 * flags of any Linux machine: what is wrong with it is for the board to say.
 */
export async function boardFlags(configFile: string, boards: URL): Promise<readonly string[]> {
  const name = memberOf(await readJson(configFile), "board");
  const known = typeof name === "string" && new RegExp(boardNamePattern).test(name) ? name : defaultBoard;
  const described =
    (await readJson(new URL(`${known}/board.json`, boards))) ?? (await readJson(new URL(`${defaultBoard}/board.json`, boards)));
  const flags = memberOf(memberOf(described, "node"), "flags");
  return Array.isArray(flags) ? flags.filter((flag) => typeof flag === "string") : [];
}

async function readJson(file: string | URL): Promise<JsonValue | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    return undefined;
  }
}

function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isJsonObject(value) ? value[name] : undefined;
}
