import { existsSync } from "node:fs";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { command } from "./command.ts";
import { fingerprint } from "./fingerprint.ts";
import { cachedFolder, labCache } from "./lab-cache.ts";

/** Debian's kernel for virtual boards. */
export interface Kernel {
  /** What QEMU boots. */
  readonly image: string;
  /** Folder in which all its modules lie, by any depth. */
  readonly modules: string;
  /** Package and version: what is made from it is kept under this name. */
  readonly version: string;
}

/** Between the version and what says how it was unpacked. No version has it. */
const separator = "@";

/** Parts of the kernel package that virtual boards need modules from. */
const parts = ["drivers", "fs", "lib", "net", "crypto", "arch"];

/** Fetches the kernel of this Debian with apt, once a version. Without a network the one that was fetched last is taken. */
export async function fetchKernel(): Promise<Kernel> {
  const version = await newestVersion();
  const folder = await cachedFolder(`${version}${separator}${await fingerprint([fileURLToPath(import.meta.url)])}`, async (target) => {
    const [name = ""] = version.split("_");
    await command("apt-get", ["download", "-qq", name], { directory: target });
    const [archive = ""] = await readdir(target);
    const tree = path.join(target, "tree");
    await command("dpkg", ["-x", archive, tree], { directory: target });
    const [release = ""] = await readdir(path.join(tree, "lib/modules"));
    await rename(path.join(tree, "boot", `vmlinuz-${release}`), path.join(target, "vmlinuz"));
    for (const part of parts) {
      const from = path.join(tree, "lib/modules", release, "kernel", part);
      if (existsSync(from)) await rename(from, path.join(target, part));
    }
    await unpack(path.join(target, "vmlinuz"), path.join(target, "vmlinux"));
    await rm(tree, { recursive: true });
    await rm(path.join(target, archive));
  });
  const [unpacked, packed] = [path.join(folder, "vmlinux"), path.join(folder, "vmlinuz")];
  return { image: existsSync(unpacked) ? unpacked : packed, modules: folder, version };
}

/** Unpacks a kernel, which the machine itself would take 2 s for at each start. Where it is packed in another way than by xz it stays as it is. */
async function unpack(packed: string, unpacked: string): Promise<void> {
  const bytes = await readFile(packed);
  const begin = bytes.indexOf(Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]));
  if (begin < 0) return;
  const stream = `${unpacked}.xz`;
  await writeFile(stream, bytes.subarray(begin));
  await command("xz", ["--decompress", "--single-stream", stream]).catch(() => rm(stream, { force: true }));
}

async function newestVersion(): Promise<string> {
  try {
    return await offeredVersion();
  } catch (reason) {
    const kept = await keptVersion();
    if (kept !== undefined) return kept;
    // A fresh machine knows no packages yet.
    if (process.getuid?.() !== 0) throw reason;
    await command("apt-get", ["update", "-qq"]);
    return offeredVersion();
  }
}

async function offeredVersion(): Promise<string> {
  const depends = await command("apt-cache", ["depends", "linux-image-amd64"]);
  const name = /Depends: (linux-image-\S+)/.exec(depends)?.[1];
  if (name === undefined) throw new Error(`linux-image-amd64 depends on no kernel: ${depends}`);
  const offer = await command("apt-get", ["download", "--print-uris", "-qq", name]);
  const file = /' (\S+)\.deb /.exec(offer)?.[1];
  if (file === undefined) throw new Error(`apt offers no ${name}: ${offer}`);
  return file;
}

async function keptVersion(): Promise<string | undefined> {
  if (!existsSync(labCache)) return undefined;
  return (await readdir(labCache))
    .filter((name) => name.startsWith("linux-image-"))
    .sort()
    .at(-1);
}
