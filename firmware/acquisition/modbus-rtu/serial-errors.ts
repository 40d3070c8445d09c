import { EdgeError } from "../../../shared/base/edge-error.ts";

/** A serial port cannot be opened or set up as asked. It is tried again for ever. */
export class SerialPortRefused extends EdgeError {
  readonly code = "EDGE_SERIAL_PORT";
  /** Path of the port. */
  readonly device: string;

  /** @param what happened, and what to do about it */
  constructor(device: string, what: string, options?: ErrorOptions) {
    super(`serial port ${device}: ${what}`, options);
    this.device = device;
  }
}

/** The driver of a serial port does not turn an RS-485 transceiver round, or the part of Penstock that asks it to is not there. */
export class Rs485Refused extends EdgeError {
  readonly code = "EDGE_RS485";
  readonly device: string;

  constructor(device: string, what: string, options?: ErrorOptions) {
    super(`serial port ${device}: ${what}`, options);
    this.device = device;
  }
}

/** What to do about the ways in which opening a port fails, by what the system says. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [/permission denied/i, "the board may not use it: add its user to the group that owns the port, mostly dialout"],
  [/no such (file|device)/i, "it is not there: is the adapter plugged in? /dev/serial/by-id has names that stay the same"],
  [/lock port|busy/i, "another program has it open"],
  [/baud/i, "the adapter cannot do this rate"],
  [/inappropriate ioctl|not a typewriter/i, "it is no serial port"],
];

/** The error for a port that could not be opened, with what to do about it. */
export function serialPortRefused(device: string, cause: unknown): SerialPortRefused {
  const text = (cause instanceof Error ? cause.message : String(cause)).replace(/^Error:? /, "");
  const remedy = remedies.find(([pattern]) => pattern.test(text))?.[1];
  return new SerialPortRefused(device, remedy === undefined ? text : `${remedy} (${text})`, { cause });
}
