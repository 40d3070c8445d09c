import { parseDuration } from "../base/duration.ts";
import { type Millis, millis } from "../base/units.ts";
import { type BoardLinkSettings, defaultBoardLink } from "./link/link-settings.ts";
import type { UplinkConfig } from "./uplink-config.ts";

/** The uplink with all defaults filled in; paths as they were given. */
export interface ResolvedUplink {
  readonly url: string;
  readonly username: string | undefined;
  readonly passwordFile: string | undefined;
  readonly ca: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  readonly keepAlive: Millis;
  readonly link: BoardLinkSettings;
}

/** @param path makes a path of the configuration absolute */
export function resolveUplink(config: UplinkConfig, path: (given: string) => string = (given) => given): ResolvedUplink {
  const file = (given: string | undefined): string | undefined => (given === undefined ? undefined : path(given));
  const batchBytes = config.batchBytes ?? defaultBoardLink.batchBytes;
  return {
    url: config.url,
    username: config.username,
    passwordFile: file(config.passwordFile),
    ca: file(config.ca),
    certificate: file(config.certificate),
    key: file(config.key),
    keepAlive: config.keepAlive === undefined ? millis(10_000) : parseDuration(config.keepAlive),
    link: {
      ...defaultBoardLink,
      batchRecords: config.batchRecords ?? defaultBoardLink.batchRecords,
      batchBytes,
      windowBytes: Math.max(defaultBoardLink.windowBytes, 2 * batchBytes),
      catchUp: config.catchUp,
    },
  };
}
