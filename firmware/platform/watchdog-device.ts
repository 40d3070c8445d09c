import { constants } from "node:fs";
import { type FileHandle, open, readFile, realpath } from "node:fs/promises";
import path from "node:path";
import { type Millis, millis } from "../../shared/base/units.ts";
import { WatchdogUnavailable } from "./watchdog-errors.ts";

/** A watchdog that was opened: it resets the machine unless it is fed in time. */
export interface WatchdogDevice {
  /** It resets the machine when it was not fed for so long; `undefined` where the driver does not say. */
  readonly timeout: Millis | undefined;
  /** True where the driver cannot be told to let go: then an orderly stop resets the machine too. */
  readonly unstoppable: boolean;
  /** Starts its time anew. */
  feed(): Promise<void>;
  /** Closes it in such a way that it does not reset the machine. Linux watchdog API, magic close. */
  release(): Promise<void>;
}

/** Opens a watchdog; from then on it has to be fed. @throws {WatchdogUnavailable} */
export type OpenWatchdog = (device: string) => Promise<WatchdogDevice>;

const anyByte = Buffer.from("\0");
/** The byte that says that the next close is meant. */
const magic = Buffer.from("V");

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
      return "there is no such device; is its driver loaded?";
    case "EBUSY":
      return "another program feeds it already, systemd's RuntimeWatchdogSec perhaps";
    case "EACCES":
    case "EPERM":
      return "this user may not open it";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

/** Where the kernel tells of its watchdogs. Linux ABI/testing/sysfs-class-watchdog. */
const kernelTells = "/sys/class/watchdog";

/** What the kernel says of a watchdog; `/dev/watchdog` is the first one. What it does not tell, the driver or sysfs lacking it, is not known. */
export async function watchdogLimits(device: string, sysfs = kernelTells): Promise<Pick<WatchdogDevice, "timeout" | "unstoppable">> {
  const number = /^watchdog(\d*)$/.exec(path.basename(await realpath(device).catch(() => device)))?.[1];
  const tell = (name: string): Promise<string> =>
    number === undefined
      ? Promise.resolve("")
      : readFile(path.join(sysfs, `watchdog${number === "" ? "0" : number}`, name), "utf8").catch(() => "");
  const seconds = Number(await tell("timeout"));
  return { timeout: seconds > 0 ? millis(seconds * 1000) : undefined, unstoppable: (await tell("nowayout")).trim() === "1" };
}

async function openDevice(device: string): Promise<FileHandle> {
  let file: FileHandle;
  try {
    file = await open(device, constants.O_WRONLY);
  } catch (error) {
    throw new WatchdogUnavailable(device, reasonOf(error), { cause: error });
  }
  if ((await file.stat()).isCharacterDevice()) return file;
  await file.close();
  throw new WatchdogUnavailable(device, "it is no device");
}

/** Opens a watchdog of Linux. @throws {WatchdogUnavailable} @see Linux Documentation/watchdog/watchdog-api.rst */
export async function openWatchdogDevice(device: string): Promise<WatchdogDevice> {
  const file = await openDevice(device);
  const limits = await watchdogLimits(device);
  const write = async (byte: Buffer): Promise<void> => {
    try {
      await file.write(byte);
    } catch (error) {
      throw new WatchdogUnavailable(device, reasonOf(error), { cause: error });
    }
  };
  return {
    ...limits,
    feed: () => write(anyByte),
    async release() {
      try {
        await write(magic);
      } finally {
        await file.close();
      }
    },
  };
}
