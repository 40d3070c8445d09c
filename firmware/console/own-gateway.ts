import { readFile } from "node:fs/promises";
import path from "node:path";
import { isJsonObject } from "../../shared/base/json.ts";
import type { UplinkConfig } from "../../shared/connectors/uplink-config.ts";
import { OwnGatewayInvalid } from "./own-gateway-errors.ts";

/** How a board signs in at its own broker to bring its journal to the gateway that runs it. */
export type OwnGateway = Pick<UplinkConfig, "username" | "passwordFile">;

const most = 65_536;

/**
 * Reads the file of `--own-gateway`: `{"username": …, "passwordFile": …}`, both of them or neither. The path is relative to the file.
 * @throws {OwnGatewayInvalid}
 */
export async function readOwnGateway(file: string): Promise<OwnGateway> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new OwnGatewayInvalid(file, error instanceof Error ? error.message : String(error), error);
  });
  const { username, passwordFile, ...others } = objectIn(file, bytes);
  const [other] = Object.keys(others);
  if (other !== undefined) throw new OwnGatewayInvalid(file, `member ${other}: expected username and passwordFile only`);
  if (username === undefined && passwordFile === undefined) return {};
  if (typeof username !== "string" || username === "") throw new OwnGatewayInvalid(file, "member username: expected text");
  if (typeof passwordFile !== "string" || passwordFile === "") throw new OwnGatewayInvalid(file, "member passwordFile: expected a path");
  return { username, passwordFile: path.resolve(path.dirname(file), passwordFile) };
}

function objectIn(file: string, bytes: Buffer): Readonly<Record<string, unknown>> {
  if (bytes.length > most) throw new OwnGatewayInvalid(file, `it has ${bytes.length} bytes: expected at most ${most}`);
  try {
    const found: unknown = JSON.parse(bytes.toString("utf8"));
    if (isJsonObject(found)) return found;
  } catch (error) {
    throw new OwnGatewayInvalid(file, "it is no JSON", error);
  }
  throw new OwnGatewayInvalid(file, "expected an object");
}

/** The address of the board's own broker for a client on the same machine: its first listener without TLS, which is always on loopback. */
export function ownAddress(addresses: readonly string[]): string | undefined {
  return addresses.find((address) => address.startsWith("mqtt://")) ?? addresses.find((address) => address.startsWith("ws://"));
}
