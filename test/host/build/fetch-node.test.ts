import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { fetchNode } from "../../../host/build/fetch-node.ts";

/** A stand-in for npm that hands out one archive, and the place that it serves. */
async function registry(t: ExecutionContext) {
  const folder = await mkdtemp(path.join(tmpdir(), "penstock-fetch-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await mkdir(path.join(folder, "package", "bin"), { recursive: true });
  await mkdir(path.join(folder, "package", "include", "node"), { recursive: true });
  await writeFile(path.join(folder, "package", "bin", "node"), "program", { mode: 0o755 });
  await writeFile(path.join(folder, "package", "include", "node", "node.h"), "header");
  await writeFile(path.join(folder, "package", "LICENSE"), "licence");
  await writeFile(path.join(folder, "package", "README.md"), "not wanted");
  const archive = path.join(folder, "archive.tgz");
  spawnSync("tar", ["-czf", archive, "-C", folder, "package"]);
  const script = path.join(folder, "npm-cli.js");
  await writeFile(
    script,
    `const { copyFileSync } = require("node:fs"); const [, , , spec, , into] = process.argv;
     if (!spec.startsWith("node-x@")) { console.error("no such package"); process.exit(1); }
     copyFileSync(${JSON.stringify(archive)}, into + "/" + spec.replace("@", "-") + ".tgz");`,
  );
  process.env["npm_execpath"] = script;
  process.env["npm_node_execpath"] = process.execPath;
  const integrity = `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
  const said: string[] = [];
  const cache = path.join(folder, "cache");
  return { place: { root: folder, cache, say: (line: string) => void said.push(line) }, integrity, said, script, cache };
}

test.serial("a pinned Node is fetched once, and only what is wanted of it is kept", async (t) => {
  const { place, integrity, said, script } = await registry(t);
  const node = { package: "node-x", version: "20.1.0", integrity };
  const folder = await fetchNode(place, node);
  t.deepEqual(readdirSync(folder).sort(), ["LICENSE", "bin", "include"]);
  t.is(readFileSync(path.join(folder, "bin", "node"), "utf8"), "program");
  t.deepEqual(said, ["fetching node-x 20.1.0, once"]);
  await rm(script);
  t.is(await fetchNode(place, node), folder);
  t.is(said.length, 1);
});

test.serial("an archive that is not the pinned one is refused, and nothing of it stays", async (t) => {
  const { place, cache } = await registry(t);
  const pinned = `sha512-${"A".repeat(86)}==`;
  await t.throwsAsync(fetchNode(place, { package: "node-x", version: "20.1.0", integrity: pinned }), {
    code: "EDGE_DOWNLOAD_ALTERED",
    message: /^node-x 20\.1\.0 has the hash sha512-.* instead of the pinned sha512-A/,
  });
  t.deepEqual(readdirSync(cache), []);
});

test.serial("a Node that cannot be fetched is a means that is missing, with what npm said", async (t) => {
  const { place, integrity, cache } = await registry(t);
  await t.throwsAsync(fetchNode(place, { package: "node-y", version: "1.0.0", integrity }), {
    code: "EDGE_BUILD_MEANS_MISSING",
    message: /fetching node-y 1\.0\.0: npm cannot fetch it\..*no such package/s,
  });
  t.false(existsSync(path.join(cache, "node-y-1.0.0")));
});
