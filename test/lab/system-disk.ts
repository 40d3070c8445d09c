import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { command } from "./command.ts";

const here = fileURLToPath(new URL("./", import.meta.url));
const top = fileURLToPath(new URL("../../", import.meta.url));
const applets = [
  ...[
    "awk",
    "cat",
    "chmod",
    "cut",
    "date",
    "dd",
    "df",
    "dirname",
    "dmesg",
    "echo",
    "free",
    "grep",
    "head",
    "i2cset",
    "ip",
    "kill",
    "ls",
    "mkdir",
    "mount",
  ],
  ...[
    "mv",
    "pidof",
    "poweroff",
    "printf",
    "ps",
    "readlink",
    "reboot",
    "rm",
    "sed",
    "setsid",
    "sh",
    "sleep",
    "stty",
    "sync",
    "sysctl",
    "tail",
    "top",
    "touch",
  ],
  ...["tr", "umount", "uname", "uptime", "wc", "wget"],
];

/** The disk that virtual boards start from, read only: the built board bundle, the libraries of its Node, busybox, and what is plugged into the board. */
export class SystemDisk implements AsyncDisposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Builds the bundle as `npm run build` does, and the disk from it. @param major major version of the Node that is in the bundle */
  static async build(major: 20 | 24 = 20): Promise<SystemDisk> {
    const folder = await mkdtemp(path.join(tmpdir(), "penstock-bundle-"));
    try {
      const options = ["--out", folder, "--node-major", String(major)];
      await command(process.execPath, [path.join(top, "build.mjs"), "build", "linux-x64", ...options], { directory: top });
      return await SystemDisk.make(path.join(folder, "board/linux-x64"));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Makes the disk from a bundle that has its Node with it. */
  static async make(bundle: string): Promise<SystemDisk> {
    const folder = await mkdtemp(path.join(tmpdir(), "penstock-system-"));
    const disk = new SystemDisk(folder);
    try {
      const root = path.join(folder, "root");
      await fill(root, bundle);
      await command("mke2fs", [
        "-q",
        "-t",
        "ext4",
        "-O",
        "^has_journal",
        "-m",
        "0",
        "-E",
        "root_owner=0:0",
        "-d",
        root,
        disk.image,
        "160M",
      ]);
      await rm(root, { recursive: true });
      return disk;
    } catch (error) {
      await disk[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** File of the disk. */
  get image(): string {
    return path.join(this.#folder, "system.img");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function fill(root: string, bundle: string): Promise<void> {
  for (const part of ["bin", "proc", "sys", "dev", "data", "tmp", "etc", "opt/penstock"])
    await mkdir(path.join(root, part), { recursive: true });
  await copyFile("/bin/busybox", path.join(root, "bin/busybox"));
  for (const applet of applets) await symlink("busybox", path.join(root, "bin", applet));
  await command("cc", ["-O2", "-I/usr/include/modbus", "-o", path.join(root, "bin/rtu-unit"), path.join(here, "rtu-unit.c"), "-lmodbus"]);
  await cp(bundle, path.join(root, "opt/penstock"), { recursive: true });
  await writeFile(path.join(root, "init"), await readFile(path.join(here, "system-init.sh")), { mode: 0o755 });
  const natives = (await readdir(path.join(bundle, "native"))).map((name) => path.join(bundle, "native", name));
  await copyLibraries(root, [path.join(bundle, "node"), path.join(root, "bin/rtu-unit"), ...natives]);
}

/** Copies the shared libraries that programs are linked to, where they will look for them. */
async function copyLibraries(root: string, programs: readonly string[]): Promise<void> {
  const libraries = new Set<string>();
  for (const program of programs)
    for (const [, file = ""] of (await command("ldd", [program])).matchAll(/(?:=> |^\s+)(\/\S+) \(/gm)) libraries.add(file);
  for (const library of libraries) {
    await mkdir(path.dirname(path.join(root, library)), { recursive: true });
    await copyFile(library, path.join(root, library));
  }
}
