import { createRequire } from "node:module";
import { getSystemErrorName } from "node:util";
import { Rs485Refused } from "./serial-errors.ts";

interface NativeRs485 {
  /** Gives 0, or the errno. */
  set(fd: number, afterSend: boolean): number;
}

const isRs485 = (part: unknown): part is NativeRs485 =>
  typeof part === "object" && part !== null && "set" in part && typeof part.set === "function";

const remedy =
  'use an adapter that turns round by itself and "rs485": "automatic", or a port whose driver does it (in the device tree: linux,rs485-enabled-at-boot-time)';

/**
 * Has the driver of an open port turn the transceiver round: RTS high while it sends (`kernel`), or low (`rts`).
 * @param device path of the port, for errors
 * @throws {Rs485Refused} the driver does not offer it, or the native part is missing
 * @see Linux Documentation/driver-api/serial/serial-rs485.rst
 */
export function setRs485(device: string, fd: number, how: "kernel" | "rts"): void {
  let part: unknown;
  try {
    part = createRequire(import.meta.url)("../../platform/native/build/rs485.node");
  } catch (error) {
    throw new Rs485Refused(device, "the native part rs485 is missing", { cause: error });
  }
  if (!isRs485(part)) throw new Rs485Refused(device, "the native part rs485 is another one");
  const failure = part.set(fd, how === "rts");
  if (failure !== 0)
    throw new Rs485Refused(device, `its driver cannot turn an RS-485 transceiver round (${getSystemErrorName(-failure)}): ${remedy}`);
}
