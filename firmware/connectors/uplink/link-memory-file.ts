import { mkdir, open, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { crc32c } from "../../../shared/base/crc32c.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../shared/base/json.ts";
import type { Log } from "../../../shared/base/log.ts";
import { commandRecordOf } from "../../../shared/connectors/link/command-record.ts";
import type { BegunCommand, LinkMemory, LinkMemoryStore } from "../../../shared/connectors/ports.ts";

const names = ["link-a", "link-b"] as const;

interface Copy {
  readonly generation: number;
  readonly memory: LinkMemory;
}

/**
 * {@link LinkMemory} in two small files that are written in turn, each with a generation and a checksum and synced: a write that is torn, or a file that
 * rots, leaves the other one.
 */
export class LinkMemoryFile implements LinkMemoryStore {
  readonly #directory: string;
  readonly #log: Pick<Log, "error"> | undefined;
  #generation = 0;

  /** @param log told when both files are damaged: then the link begins as on new storage */
  constructor(directory: string, log?: Pick<Log, "error">) {
    this.#directory = directory;
    this.#log = log;
  }

  async load(): Promise<LinkMemory | undefined> {
    const copies = await Promise.all(names.map((name) => this.#read(name)));
    let newest: Copy | undefined;
    for (const copy of copies) if (copy !== undefined && copy.generation > (newest?.generation ?? 0)) newest = copy;
    this.#generation = newest?.generation ?? 0;
    if (newest === undefined) await this.#tellDamage();
    return newest?.memory;
  }

  async save(memory: LinkMemory): Promise<void> {
    const generation = this.#generation + 1;
    const body = Buffer.from(JSON.stringify({ generation, memory }));
    await mkdir(this.#directory, { recursive: true });
    const file = await open(path.join(this.#directory, nameOf(generation)), "w");
    try {
      await file.writeFile(Buffer.concat([Buffer.from(`${checksum(body)}\n`), body]));
      await file.sync();
    } finally {
      await file.close();
    }
    // The names are new only twice in the life of the storage.
    if (generation <= names.length) {
      const folder = await open(this.#directory, "r");
      await folder.sync().finally(() => folder.close());
    }
    this.#generation = generation;
  }

  async #tellDamage(): Promise<void> {
    const found: readonly string[] = await readdir(this.#directory).catch(() => []);
    const files = names.filter((name) => found.includes(name));
    if (files.length === 0) return;
    this.#log?.error(
      { directory: this.#directory, files },
      "what was kept of the link to the gateway cannot be read; it begins anew, as on new storage",
    );
  }

  async #read(name: string): Promise<Copy | undefined> {
    try {
      return parseCopy(await readFile(path.join(this.#directory, name)));
    } catch {
      return undefined;
    }
  }
}

const nameOf = (generation: number): string => names[generation % names.length] ?? names[0];
const checksum = (body: Uint8Array): string => crc32c(body).toString(16).padStart(8, "0");

function parseCopy(bytes: Buffer): Copy | undefined {
  const body = bytes.subarray(9);
  if (bytes.subarray(0, 9).toString("latin1") !== `${checksum(body)}\n`) return undefined;
  const copy: unknown = JSON.parse(body.toString("utf8"));
  if (!isJsonObject(copy) || typeof copy["generation"] !== "number" || !isJsonObject(copy["memory"])) return undefined;
  const memory = memoryOf(copy["memory"]);
  return memory === undefined ? undefined : { generation: copy["generation"], memory };
}

function memoryOf({ origin, floor, term, epoch, applied, begun, results }: JsonObject): LinkMemory | undefined {
  if (
    typeof origin !== "string" ||
    typeof floor !== "number" ||
    typeof term !== "number" ||
    typeof epoch !== "number" ||
    typeof applied !== "number"
  )
    return undefined;
  const list = Array.isArray(results) ? results.flatMap((one: JsonValue) => commandRecordOf(one) ?? []) : [];
  return { origin, floor, term, epoch, applied, begun: begunOf(begun), results: list };
}

function begunOf(value: JsonValue | undefined): BegunCommand | undefined {
  if (!isJsonObject(value)) return undefined;
  const { cmdSeq, opId, after } = value;
  if (typeof cmdSeq !== "number" || typeof opId !== "string" || !isJsonObject(after)) return undefined;
  const { term, seq } = after;
  return typeof term === "number" && typeof seq === "number" ? { cmdSeq, opId, after: { term, seq } } : undefined;
}
