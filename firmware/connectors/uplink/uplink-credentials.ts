import { readFile } from "node:fs/promises";
import type { ResolvedUplink } from "../../../shared/connectors/resolve-uplink.ts";
import { UplinkFileUnreadable } from "./uplink-errors.ts";

/** What a connection is opened with besides its address. */
export interface UplinkCredentials {
  readonly username?: string;
  readonly password?: string;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

const largest = 1_048_576;

/** Reads the files that the uplink names: at each connect, so that they can be renewed while the board runs. @throws {UplinkFileUnreadable} */
export async function readCredentials(config: ResolvedUplink): Promise<UplinkCredentials> {
  const [password, ca, cert, key] = await Promise.all([
    readOptional("password file", config.passwordFile),
    readOptional("authorities file", config.ca),
    readOptional("certificate file", config.certificate),
    readOptional("key file", config.key),
  ]);
  return {
    ...(config.username !== undefined && { username: config.username }),
    // Editors and `echo` end files with a line break that is not part of the password.
    ...(password !== undefined && { password: password.toString("utf8").replace(/\r?\n$/, "") }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
}

async function readOptional(what: string, path: string | undefined): Promise<Buffer | undefined> {
  if (path === undefined) return undefined;
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const why = code === "ENOENT" ? "there is no such file" : code === "EACCES" ? "permission denied" : String(code ?? error);
    throw new UplinkFileUnreadable(what, path, why, error);
  }
  if (bytes.length === 0) throw new UplinkFileUnreadable(what, path, "it is empty");
  if (bytes.length > largest) throw new UplinkFileUnreadable(what, path, `it has ${bytes.length} bytes; expected at most ${largest}`);
  return bytes;
}
