import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { type BundleManifest, listBundle } from "../../../host/build/bundle-manifest.ts";
import { bundleSizes } from "../../../host/build/bundle-sizes.ts";
import { verifyBundle } from "../../../host/build/verify-bundle.ts";

async function bundle(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "penstock-verify-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await mkdir(path.join(folder, "native"));
  await writeFile(path.join(folder, "main.cjs"), "main");
  await writeFile(path.join(folder, "ws.cjs"), "ws");
  await writeFile(path.join(folder, "native", "a.node"), "native");
  await writeFile(path.join(folder, "start"), "#!/bin/sh\n", { mode: 0o755 });
  const manifest: BundleManifest = {
    name: "penstock-board",
    version: "1.2.3",
    target: "linux-x64",
    node: "^20.0.0",
    libc: "glibc >= 2.34",
    files: await listBundle(folder),
  };
  await writeFile(path.join(folder, "manifest.json"), JSON.stringify(manifest));
  return folder;
}

const damaged = (message: RegExp) => ({ code: "EDGE_BUNDLE_DAMAGED", message });

test("a bundle is as its manifest says, which lists each file by path with size and SHA-256", async (t) => {
  const manifest = await verifyBundle(await bundle(t));
  t.deepEqual(
    manifest.files.map(({ path: name, size, executable }) => [name, size, executable]),
    [
      ["main.cjs", 4, undefined],
      ["native/a.node", 6, undefined],
      ["start", 10, true],
      ["ws.cjs", 2, undefined],
    ],
  );
  // As `printf main | sha256sum` has it.
  t.is(manifest.files[0]?.sha256, "0d6e4079e36703ebd37c00722f5891d28b0e2811dc114b129215123adcce3605");
});

test("the first wrong file is named: changed, cut short, missing, one too many, no longer a program", async (t) => {
  const folder = await bundle(t);
  await writeFile(path.join(folder, "ws.cjs"), "xs");
  await t.throwsAsync(verifyBundle(folder), damaged(/ws\.cjs has the SHA-256 [0-9a-f]{64} instead of [0-9a-f]{64}$/));
  await writeFile(path.join(folder, "native", "a.node"), "nat");
  await t.throwsAsync(verifyBundle(folder), damaged(/native\/a\.node has 3 bytes instead of 6$/));
  await rm(path.join(folder, "main.cjs"));
  await t.throwsAsync(verifyBundle(folder), damaged(/main\.cjs is missing$/));

  const other = await bundle(t);
  await writeFile(path.join(other, "native", "b.node"), "more");
  await t.throwsAsync(verifyBundle(other), damaged(/native\/b\.node is not in the manifest$/));
  await rm(path.join(other, "native", "b.node"));
  await chmod(path.join(other, "start"), 0o644);
  await t.throwsAsync(verifyBundle(other), damaged(/start is not executable$/));
});

test("a folder without a manifest, and one whose manifest is something else, is no bundle", async (t) => {
  const folder = await bundle(t);
  for (const [text, message] of [
    ["{", /manifest\.json is not JSON$/],
    ["[]", /is not the manifest of a bundle$/],
    ['{"name":"penstock-board","version":"1","target":"x","node":"y","libc":"z","files":[{"path":1}]}', /is not the manifest of a bundle$/],
  ] as const) {
    await writeFile(path.join(folder, "manifest.json"), text);
    await t.throwsAsync(verifyBundle(folder), damaged(message));
  }
  await rm(path.join(folder, "manifest.json"));
  await t.throwsAsync(verifyBundle(folder), damaged(/manifest\.json is missing$/));
});

test("sizes tell what is loaded at start from what is loaded when asked for", async (t) => {
  t.is(bundleSizes(await verifyBundle(await bundle(t))), "at start 1 KiB, on demand 1 KiB, native 1 KiB; all 1 KiB");
});
