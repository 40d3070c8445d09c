import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

/** One file of the console in all forms that it was built in. */
export interface ConsoleFile {
  readonly type: string;
  readonly etag: string;
  /** Its name carries a hash: it never changes. */
  readonly immutable: boolean;
  readonly plain: Buffer;
  readonly br: Buffer | undefined;
  readonly gzip: Buffer | undefined;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".json": "application/json; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".txt": "text/plain; charset=utf-8",
};

/** Built names end in a hash of eight letters or more, as in `assets/main-B3xk29fa.js`. */
const hashed = /-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;

/** Files larger than this are no part of a console, bytes. */
const largest = 16 * 1024 * 1024;

/** The built console, in memory: less than a megabyte, and what is not in it cannot be asked for. */
export class ConsoleFiles {
  readonly #files: ReadonlyMap<string, ConsoleFile>;

  private constructor(files: ReadonlyMap<string, ConsoleFile>) {
    this.#files = files;
  }

  /** @param directory of the built files; `undefined` where none were built @returns `undefined` where there is no index.html */
  static async open(directory: string | undefined): Promise<ConsoleFiles | undefined> {
    if (directory === undefined) return undefined;
    const names = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
    const found = new Map<string, Buffer>();
    for (const entry of names) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      const bytes = await readFile(file);
      if (bytes.length <= largest) found.set(`/${path.relative(directory, file).split(path.sep).join("/")}`, bytes);
    }
    const files = new Map<string, ConsoleFile>();
    for (const [name, plain] of found) {
      const type = types[path.extname(name)];
      if (type === undefined) continue;
      files.set(name, {
        type,
        etag: `"${createHash("sha256").update(plain).digest("base64url").slice(0, 22)}"`,
        immutable: hashed.test(name),
        plain,
        br: found.get(`${name}.br`),
        gzip: found.get(`${name}.gz`),
      });
    }
    return files.has("/index.html") ? new ConsoleFiles(files) : undefined;
  }

  /** The file at a path; the page itself for every path that has no extension, since the console has routes of its own. */
  find(url: string): ConsoleFile | undefined {
    return this.#files.get(url) ?? (path.posix.extname(url) === "" ? this.#files.get("/index.html") : undefined);
  }
}
