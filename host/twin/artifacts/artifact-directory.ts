import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { Metric, MetricSource } from "../../../shared/base/metric.ts";
import { Stopped, type StopSignal } from "../../../shared/base/stop-signal.ts";
import type { ArtifactFiles } from "../../../shared/console/gateway-ports.ts";
import { syncDirectory } from "../../platform/sync-directory.ts";
import { ArtifactDamaged, ArtifactSpaceFull, ArtifactTooLarge } from "./artifact-errors.ts";

export interface ArtifactBounds {
  /** Bytes of one artifact. */
  readonly one: number;
  /** Bytes of all. */
  readonly all: number;
}

export const defaultArtifactBounds: ArtifactBounds = { one: 1_073_741_824, all: 8_589_934_592 };

const hashForm = /^[0-9a-f]{64}$/;

/** Files named by the SHA-256 of what is in them: the same bytes are kept once, and nothing is ever changed in place. */
export class ArtifactDirectory implements ArtifactFiles, MetricSource {
  readonly #directory: string;
  readonly #bounds: ArtifactBounds;
  #bytes: number;
  #refused = 0;

  /** Makes the directory where it is missing and clears away what an interrupted upload left. */
  static async open(directory: string, bounds: ArtifactBounds = defaultArtifactBounds): Promise<ArtifactDirectory> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    let bytes = 0;
    for (const name of await readdir(directory)) {
      const file = path.join(directory, name);
      if (hashForm.test(name)) bytes += (await stat(file)).size;
      else if (name.endsWith(".part")) await rm(file, { force: true });
    }
    return new ArtifactDirectory(directory, bounds, bytes);
  }

  private constructor(directory: string, bounds: ArtifactBounds, bytes: number) {
    this.#directory = directory;
    this.#bounds = bounds;
    this.#bytes = bytes;
  }

  metrics(): readonly Metric[] {
    const value = (name: string, help: string, type: "gauge" | "counter", count: number): Metric => ({
      name,
      help,
      type,
      values: [{ labels: {}, value: count }],
    });
    return [
      value("penstock_artifact_bytes", "Bytes that artifacts take on disk.", "gauge", this.#bytes),
      value("penstock_artifacts_refused_total", "Uploads that were refused because a bound was met.", "counter", this.#refused),
    ];
  }

  /** Resolves when the bytes are on disk. @throws {ArtifactTooLarge} {ArtifactSpaceFull} {Stopped} */
  async write(bytes: AsyncIterable<Uint8Array>, stop: StopSignal): Promise<{ readonly sha256: string; readonly size: number }> {
    const part = path.join(this.#directory, `${randomBytes(8).toString("hex")}.part`);
    const file = await open(part, "wx", 0o600);
    // Counted while it comes, so that uploads side by side cannot pass the bound together.
    const taken = { size: 0 };
    let kept = false;
    try {
      const sha256 = await this.#receive(bytes, file, taken, stop);
      await file.sync();
      await file.close();
      const target = path.join(this.#directory, sha256);
      const there = await stat(target).catch(() => undefined);
      if (there === undefined) {
        await rename(part, target);
        await syncDirectory(this.#directory);
        kept = true;
      }
      return { sha256, size: taken.size };
    } finally {
      await file.close().catch(() => undefined);
      if (!kept) {
        this.#bytes -= taken.size;
        await rm(part, { force: true });
      }
    }
  }

  async #receive(bytes: AsyncIterable<Uint8Array>, file: FileHandle, taken: { size: number }, stop: StopSignal): Promise<string> {
    const hash = createHash("sha256");
    for await (const chunk of bytes) {
      if (stop.aborted) throw new Stopped();
      taken.size += chunk.length;
      this.#bytes += chunk.length;
      if (taken.size > this.#bounds.one) throw this.#refuse(new ArtifactTooLarge(this.#bounds.one));
      if (this.#bytes > this.#bounds.all) throw this.#refuse(new ArtifactSpaceFull(this.#bounds.all));
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    return hash.digest("hex");
  }

  #refuse<E extends Error>(error: E): E {
    this.#refused++;
    return error;
  }

  /** The bytes, checked on the way: the last chunk is held back until the hash is known to be right. @throws {ArtifactDamaged} */
  async *read(sha256: string): AsyncIterable<Uint8Array> {
    if (!hashForm.test(sha256)) throw new ArtifactDamaged(sha256, "that is no SHA-256");
    const hash = createHash("sha256");
    let held: Uint8Array | undefined;
    try {
      for await (const chunk of createReadStream(path.join(this.#directory, sha256))) {
        hash.update(chunk);
        if (held !== undefined) yield held;
        held = chunk;
      }
    } catch (cause) {
      const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
      throw new ArtifactDamaged(sha256, missing ? "its file is missing" : "its file cannot be read");
    }
    if (hash.digest("hex") !== sha256) throw new ArtifactDamaged(sha256, "its file holds other bytes");
    if (held !== undefined) yield held;
  }

  async remove(sha256: string): Promise<void> {
    if (!hashForm.test(sha256)) return;
    const file = path.join(this.#directory, sha256);
    const there = await stat(file).catch(() => undefined);
    if (there === undefined) return;
    await rm(file, { force: true });
    this.#bytes -= there.size;
  }
}
