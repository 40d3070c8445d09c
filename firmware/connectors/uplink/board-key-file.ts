import { chmod, readFile } from "node:fs/promises";
import type { Clock } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import { replaceFile, setAside } from "../../platform/replace-file.ts";
import { BoardKey } from "./board-key.ts";

export interface BoardKeyFileParts {
  /** PEM file of the private key. */
  readonly file: string;
  /** The board has spoken to a gateway before: that its key is gone is worth a warning. */
  readonly isKnown: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The board's key from its file, or a new one that is kept there. A file that holds no key is kept beside it. A key that cannot be written serves until
 * the board ends: the gateway takes the next one only when a person tells it to.
 */
export async function openBoardKey({ file, isKnown, clock, log }: BoardKeyFileParts): Promise<BoardKey> {
  const pem = await readFile(file, "utf8").catch((error: unknown) =>
    error instanceof Error && "code" in error && error.code === "ENOENT" ? undefined : "",
  );
  const kept = pem === undefined ? undefined : BoardKey.parse(pem);
  if (kept !== undefined) {
    await chmod(file, 0o600).catch(() => undefined);
    return kept;
  }
  if (pem !== undefined) {
    const aside = await setAside(file, clock.wall()).catch(() => undefined);
    log.warn({ file, aside }, "the board's key cannot be read: it gets a new one, which its gateway has to be told to take");
  } else if (isKnown) log.warn({ file }, "the board's key is gone: it gets a new one, which its gateway has to be told to take");
  const key = BoardKey.generate();
  await replaceFile(file, key.pem()).catch((error: unknown) =>
    log.error({ file, err: error }, "the board's new key cannot be kept: it serves until the board ends"),
  );
  return key;
}
