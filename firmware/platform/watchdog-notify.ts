import { createRequire } from "node:module";
import { getSystemErrorName } from "node:util";
import { NotifyFailed } from "./watchdog-errors.ts";

/** Sends one message to the socket at `path`, without waiting. @throws {NotifyFailed} */
export type Notify = (path: string, message: string) => void;

interface NativeNotify {
  notify(path: string, message: string): number;
}

const isNotify = (part: unknown): part is NativeNotify =>
  typeof part === "object" && part !== null && "notify" in part && typeof part.notify === "function";

/** Loads the native part, since Node has no datagram sockets of the Unix kind. @throws {NotifyFailed} it is not there */
export function loadNotify(): Notify {
  let part: unknown;
  try {
    part = createRequire(import.meta.url)("./native/build/sd-notify.node");
  } catch (error) {
    throw new NotifyFailed("the native part sd-notify is missing", { cause: error });
  }
  if (!isNotify(part)) throw new NotifyFailed("the native part sd-notify is another one");
  const { notify } = part;
  return (path, message) => {
    const failure = notify(path, message);
    if (failure !== 0) throw new NotifyFailed(`${path}: ${getSystemErrorName(-failure)}`);
  };
}
