import { readFile, stat } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import { millis } from "../../../shared/base/units.ts";
import { HttpCertificateUnusable } from "./api-errors.ts";

/** PEM files. */
export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
}

export interface TlsPair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** How often the files are looked at. */
const lookEvery = millis(60_000);

/** @throws {HttpCertificateUnusable} */
export async function readTlsFiles({ certificate, key }: TlsFiles): Promise<TlsPair> {
  try {
    const pair = { cert: await readFile(certificate), key: await readFile(key) };
    createSecureContext(pair);
    return pair;
  } catch (error) {
    throw new HttpCertificateUnusable(`${certificate} and ${key}`, error);
  }
}

const stampOf = async ({ certificate, key }: TlsFiles): Promise<string> => {
  const stats = await Promise.all([stat(certificate), stat(key)]);
  return stats.map(({ mtimeMs, size }) => `${mtimeMs}:${size}`).join(" ");
};

/** Gives the certificate to `apply` again when its files were changed, and keeps the old one where they cannot be used. The returned function ends it. */
export function watchTlsFiles(
  files: TlsFiles,
  { clock, log, apply }: { readonly clock: Clock; readonly log: Log; readonly apply: (pair: TlsPair) => void },
): Disarm {
  let known = stampOf(files).catch(() => "");
  let disarm: Disarm = () => {};
  let ended = false;
  const look = async (): Promise<void> => {
    try {
      const stamp = await stampOf(files);
      if (stamp !== (await known)) {
        apply(await readTlsFiles(files));
        known = Promise.resolve(stamp);
        log.info({ certificate: files.certificate }, "API and console use the new certificate");
      }
    } catch (error) {
      log.warn({ error, certificate: files.certificate }, "the changed certificate cannot be used; the old one stays");
    }
    if (!ended) disarm = clock.after(lookEvery, look);
  };
  disarm = clock.after(lookEvery, look);
  return () => {
    ended = true;
    disarm();
  };
}
