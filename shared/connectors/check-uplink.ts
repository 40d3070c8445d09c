import { checkDuration } from "../base/check-duration.ts";
import type { Problem } from "../base/problem.ts";
import { millis } from "../base/units.ts";
import type { UplinkConfig } from "./uplink-config.ts";

/** What the schema cannot say of an uplink: which settings need each other. */
export function* checkUplink(path: string, uplink: UplinkConfig): Generator<Problem> {
  const { url, username, passwordFile, ca, certificate, key } = uplink;
  const isSecure = /^(mqtts|wss):/.test(url);
  if (passwordFile !== undefined && username === undefined)
    yield { path: `${path}/username`, message: "missing", expected: "the user name that the password belongs to" };
  if (certificate !== undefined && key === undefined)
    yield { path: `${path}/key`, message: "missing", expected: "the key file of the certificate" };
  if (key !== undefined && certificate === undefined)
    yield { path: `${path}/certificate`, message: "missing", expected: "the certificate file that the key belongs to" };
  if (!isSecure && (ca ?? certificate ?? key) !== undefined)
    yield { path: `${path}/url`, message: `"${url}" is not encrypted and uses no certificates`, expected: "mqtts:// or wss://" };
  yield* checkDuration(`${path}/keepAlive`, uplink.keepAlive, millis(1000));
}
