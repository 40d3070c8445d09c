import { copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { command } from "./command.ts";
import { fingerprint } from "./fingerprint.ts";
import type { Kernel } from "./kernel.ts";
import { cachedFolder } from "./lab-cache.ts";

/** What a virtual board is made of, as kernel modules with their arguments; what they need comes with them. */
const hardware: Readonly<Record<string, string>> = {
  virtio_pci: "",
  virtio_blk: "",
  virtio_net: "",
  crc32c_generic: "",
  ext4: "",
  "i2c-dev": "",
  "i2c-stub": "chip_addr=0x48,0x76",
  i6300esb: "heartbeat=10",
  dummy_hcd: "",
  "cdc-acm": "",
  usb_f_acm: "",
  g_serial: "",
};
const applets = ["sh", "mount", "insmod", "switch_root", "sleep"];
const init = fileURLToPath(new URL("./initrd-init.sh", import.meta.url));

/** Makes the first file system of a virtual board: busybox, the modules of its hardware, and a script that mounts the disk and goes on there. */
export async function makeInitrd(kernel: Kernel): Promise<string> {
  const print = await fingerprint([init, fileURLToPath(import.meta.url)]);
  const folder = await cachedFolder(`initrd-${kernel.version}-${print}`, async (target) => {
    const root = path.join(target, "root");
    for (const part of ["bin", "modules", "proc", "sys", "dev", "system"]) await mkdir(path.join(root, part), { recursive: true });
    await copyFile("/bin/busybox", path.join(root, "bin/busybox"));
    for (const applet of applets) await symlink("busybox", path.join(root, "bin", applet));
    const order = await copyModules(kernel, path.join(root, "modules"));
    await writeFile(path.join(root, "modules/order"), `${order.join("\n")}\n`);
    await writeFile(path.join(root, "init"), await readFile(init), { mode: 0o755 });
    const archive = path.join(target, "initrd");
    await command("/bin/sh", ["-c", `find . | cpio --quiet -o -H newc > ${JSON.stringify(archive)}`], { directory: root });
    await rm(root, { recursive: true });
  });
  return path.join(folder, "initrd");
}

/** @returns the modules with their arguments, each behind those that it needs */
async function copyModules(kernel: Kernel, target: string): Promise<readonly string[]> {
  const files = new Map<string, string>();
  for (const entry of await readdir(kernel.modules, { recursive: true }))
    if (entry.endsWith(".ko")) files.set(plainName(path.basename(entry, ".ko")), path.join(kernel.modules, entry));
  const order: string[] = [];
  const taken = new Set<string>();
  const take = async (name: string): Promise<void> => {
    const plain = plainName(name);
    const file = files.get(plain);
    // A module that the kernel has built in has no file.
    if (file === undefined || taken.has(plain)) return;
    taken.add(plain);
    const content = await readFile(file);
    for (const needed of /\0depends=([^\0]*)\0/.exec(content.toString("latin1"))?.[1]?.split(",") ?? []) await take(needed);
    await writeFile(path.join(target, `${plain}.ko`), content);
    order.push(`${plain} ${hardware[name] ?? ""}`.trim());
  };
  for (const name of Object.keys(hardware)) {
    if (!files.has(plainName(name))) throw new Error(`${kernel.version} has no module ${name}`);
    await take(name);
  }
  return order;
}

/** Modules are named with - or _ as it pleases. */
const plainName = (name: string): string => name.replaceAll("-", "_");
