import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { isJsonObject, type JsonValue } from "../../shared/base/json.ts";
import { BundleDamaged } from "./build-errors.ts";
import { type BundleManifest, listBundle, manifestFile } from "./bundle-manifest.ts";

/**
 * Holds a bundle against its manifest: every file there, none changed, none more.
 * @returns the manifest
 * @throws {BundleDamaged} that names the first wrong file, in the order of the manifest
 */
export async function verifyBundle(folder: string): Promise<BundleManifest> {
  const manifest = await readManifest(folder);
  const found = new Map((await listBundle(folder)).map((file) => [file.path, file]));
  for (const expected of manifest.files) {
    const file = found.get(expected.path);
    if (file === undefined) throw new BundleDamaged(folder, expected.path, "is missing");
    if (file.size !== expected.size) throw new BundleDamaged(folder, expected.path, `has ${file.size} bytes instead of ${expected.size}`);
    if (file.sha256 !== expected.sha256)
      throw new BundleDamaged(folder, expected.path, `has the SHA-256 ${file.sha256} instead of ${expected.sha256}`);
    if (file.executable !== expected.executable)
      throw new BundleDamaged(folder, expected.path, expected.executable === true ? "is not executable" : "is executable");
    found.delete(expected.path);
  }
  for (const [name] of found) throw new BundleDamaged(folder, name, "is not in the manifest");
  return manifest;
}

async function readManifest(folder: string): Promise<BundleManifest> {
  if (!existsSync(path.join(folder, manifestFile))) throw new BundleDamaged(folder, manifestFile, "is missing");
  let document: unknown;
  try {
    document = JSON.parse(await readFile(path.join(folder, manifestFile), "utf8"));
  } catch {
    throw new BundleDamaged(folder, manifestFile, "is not JSON");
  }
  if (!isManifest(document)) throw new BundleDamaged(folder, manifestFile, "is not the manifest of a bundle");
  return document;
}

function isManifest(value: unknown): value is BundleManifest {
  if (!isJsonObject(value)) return false;
  const texts = [value["name"], value["version"], value["target"], value["node"], value["libc"]];
  const files = value["files"];
  return texts.every((text) => typeof text === "string") && Array.isArray(files) && files.every(isFile);
}

function isFile(value: JsonValue): boolean {
  if (!isJsonObject(value)) return false;
  return typeof value["path"] === "string" && typeof value["size"] === "number" && typeof value["sha256"] === "string";
}
