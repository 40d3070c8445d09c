import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { isJsonObject } from "../../../shared/base/json.ts";
import { ownerOnly, writeFileAtomic } from "../../platform/write-file-atomic.ts";

/** How the command line gets in at a gateway. */
export interface CliAccount {
  readonly url: string;
  readonly token: string;
}

export const defaultUrl = "http://127.0.0.1:8080";

/** Remembers, in the user's own directory, where the gateway is and the key that `login` made. */
export class CliAccountFile {
  readonly file: string;

  constructor(env: Readonly<Record<string, string | undefined>>) {
    const home = env["XDG_CONFIG_HOME"] ?? path.join(env["HOME"] ?? ".", ".config");
    this.file = path.join(home, "penstock", "cli.json");
  }

  async read(): Promise<CliAccount | undefined> {
    const text = await readFile(this.file, "utf8").catch(() => undefined);
    if (text === undefined) return undefined;
    try {
      const account: unknown = JSON.parse(text);
      if (!isJsonObject(account)) return undefined;
      const { url, token } = account;
      return typeof url === "string" && typeof token === "string" ? { url, token } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Only this user may read it. */
  async write(account: CliAccount): Promise<void> {
    await mkdir(path.dirname(this.file), { recursive: true, mode: 0o700 });
    await writeFileAtomic(this.file, `${JSON.stringify(account, null, 2)}\n`, ownerOnly);
  }

  remove(): Promise<void> {
    return rm(this.file, { force: true });
  }
}

/** The token that a gateway left in its data directory at its first start; `undefined` when there is none that may be read. */
export async function firstStartToken(data: string): Promise<string | undefined> {
  const text = await readFile(path.join(data, "admin-token"), "utf8").catch(() => "");
  return text.trim() === "" ? undefined : text.trim();
}
