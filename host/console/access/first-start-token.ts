import { chmod, readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { Log } from "../../../shared/base/log.ts";
import { ownerOnly, writeFileAtomic } from "../../platform/write-file-atomic.ts";
import type { PrincipalBook } from "./principal-book.ts";
import { newSecret, sameSecret } from "./secrets.ts";

export interface FirstStartTokenParts {
  /** Where the file `admin-token` stands. */
  readonly directory: string;
  readonly book: PrincipalBook;
  readonly log: Log;
}

const form = /^pst_[0-9A-Za-z]{43}$/;

/** The token that makes whoever can read the data directory an admin while there are no users. With the first user it is void. */
export class FirstStartToken {
  readonly #book: PrincipalBook;
  readonly #log: Log;
  readonly path: string;
  #token: string | undefined;

  private constructor({ directory, book, log }: FirstStartTokenParts) {
    this.#book = book;
    this.#log = log;
    this.path = path.join(directory, "admin-token");
  }

  static async open(parts: FirstStartTokenParts): Promise<FirstStartToken> {
    const token = new FirstStartToken(parts);
    await token.ensure();
    return token;
  }

  /** Sees to it that the file is there while there are no users, and gone when there are. @returns where it stands, and the token while it is good */
  async ensure(): Promise<{ readonly path: string; readonly token?: string }> {
    if (this.#book.users.size > 0) {
      await this.#remove();
      return { path: this.path };
    }
    const kept = await this.#read();
    const token = kept ?? this.#token ?? `pst_${newSecret()}`;
    if (kept === undefined) await writeFileAtomic(this.path, `${token}\n`, ownerOnly);
    this.#token = token;
    return { path: this.path, token };
  }

  /** True for the token, while there are no users. */
  fits(token: string): boolean {
    return this.#token !== undefined && this.#book.users.size === 0 && sameSecret(this.#token, token);
  }

  /** After the first user was made: takes the file away. What it holds is void even where that fails. */
  async retire(): Promise<void> {
    this.#token = undefined;
    await this.#remove().catch((error: unknown) => {
      this.#log.warn({ error, file: this.path }, "the first-start token is void, but its file cannot be removed");
    });
  }

  async #remove(): Promise<void> {
    await rm(this.path, { force: true });
  }

  async #read(): Promise<string | undefined> {
    try {
      if (((await stat(this.path)).mode & 0o077) !== 0) {
        this.#log.warn({ file: this.path }, "others could read the first-start token; a new one is made");
        await chmod(this.path, ownerOnly);
        return undefined;
      }
      const text = (await readFile(this.path, "utf8")).trim();
      return form.test(text) ? text : undefined;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    }
  }
}
