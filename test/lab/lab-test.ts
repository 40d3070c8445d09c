import { existsSync } from "node:fs";
import path from "node:path";
import test from "ava";

const programs = ["qemu-system-x86_64", "setpriv", "xz", "dpkg", "cpio", "mke2fs", "openssl", "mosquitto_sub", "apt-get", "cc"];
const files = ["/bin/busybox", "/usr/include/modbus/modbus.h"];

/** True when everything is here that virtual boards are made with. */
export function canMakeBoards(): boolean {
  const folders = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`.split(":");
  return [...programs.map((program) => folders.map((folder) => path.join(folder, program))), ...files.map((file) => [file])].every(
    (places) => places.some((place) => existsSync(place)),
  );
}

const isCi = process.env["CI"] !== undefined;
const isAskedFor = isCi || process.env["PENSTOCK_LAB"] !== undefined;

/** `test.serial` where the lab is asked for, since it takes minutes, and virtual boards can be made; `CI` asks for it and takes no excuse. */
export const labTest: typeof test.serial | typeof test.serial.skip =
  isAskedFor && (isCi || canMakeBoards()) ? test.serial : test.serial.skip;
