import { readFile } from "node:fs/promises";
import type { Clock } from "../../../shared/base/clock.ts";
import { isJsonObject, type JsonObject } from "../../../shared/base/json.ts";
import type { Log } from "../../../shared/base/log.ts";
import { replaceFile, setAside } from "../../platform/replace-file.ts";

export interface SettingsFileParts {
  readonly file: string;
  readonly clock: Pick<Clock, "wall">;
  readonly log: Log;
}

const format = 1;

/** What is set of things, by id, in one JSON file: all of it or what was there before. */
export class SettingsFile {
  readonly #parts: SettingsFileParts;

  constructor(parts: SettingsFileParts) {
    this.#parts = parts;
  }

  /** A file that cannot be read is kept beside it, and nothing is set. */
  async load(): Promise<JsonObject> {
    const { file, clock, log } = this.#parts;
    try {
      const found: unknown = JSON.parse(await readFile(file, "utf8"));
      if (isJsonObject(found) && found["format"] === format && isJsonObject(found["things"])) return found["things"];
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    }
    const aside = await setAside(file, clock.wall()).catch(() => undefined);
    log.error({ file, aside }, "what was set of the polling cannot be read: everything is polled as configured");
    return {};
  }

  /** Resolves when it is on disk. */
  save(things: object): Promise<void> {
    return replaceFile(this.#parts.file, `${JSON.stringify({ format, things })}\n`);
  }
}
