import { access, readFile, statfs } from "node:fs/promises";
import os from "node:os";

/** What the machine says of itself at one moment. */
export interface MachineFacts {
  readonly hostname: string;
  readonly os: string;
  readonly arch: string;
  readonly cpus: number;
  /** Milliseconds that all processors have spent working and in all, since the machine started. */
  readonly busy: number;
  readonly total: number;
  /** Microseconds of processor time of this process. */
  readonly own: number;
  readonly load: readonly number[];
  readonly memory: { readonly total: number; readonly free: number; readonly own: number };
  readonly disk: { readonly total: number; readonly free: number };
  readonly addresses: readonly string[];
  readonly synchronised: boolean | undefined;
}

/** Reads what Node and Linux tell of the machine. @param directory on the disk in question */
export async function readMachine(directory: string): Promise<MachineFacts> {
  const times = os.cpus().map((cpu) => cpu.times);
  const total = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  const idle = times.reduce((sum, time) => sum + time.idle, 0);
  const { user, system } = process.cpuUsage();
  const disk = await statfs(directory);
  return {
    hostname: os.hostname(),
    os: await systemName(),
    arch: os.arch(),
    cpus: times.length,
    busy: total - idle,
    total,
    own: user + system,
    load: os.loadavg(),
    memory: { total: os.totalmem(), free: await availableMemory(), own: process.memoryUsage.rss() },
    disk: { total: disk.blocks * disk.bsize, free: disk.bavail * disk.bsize },
    addresses: Object.values(os.networkInterfaces()).flatMap((list) =>
      (list ?? []).filter(({ internal }) => !internal).map(({ address }) => address),
    ),
    synchronised: await clockSynchronised(),
  };
}

async function systemName(): Promise<string> {
  const text = await readFile("/etc/os-release", "utf8").catch(() => "");
  return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(text)?.[1] ?? `${os.type()} ${os.release()}`;
}

/** Memory that programs can still have: what Linux calls free leaves out the caches that it gives back. */
async function availableMemory(): Promise<number> {
  const text = await readFile("/proc/meminfo", "utf8").catch(() => "");
  const available = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
  return available === undefined ? os.freemem() : Number(available) * 1024;
}

/** Whether somebody keeps the clock right; `undefined` where nobody says. systemd-timesyncd(8): the file stands once the clock was set from the network. */
async function clockSynchronised(): Promise<boolean | undefined> {
  const isThere = (file: string): Promise<boolean> =>
    access(file).then(
      () => true,
      () => false,
    );
  if (await isThere("/run/systemd/timesync/synchronized")) return true;
  return (await isThere("/run/systemd/timesync")) ? false : undefined;
}
