import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { ConsoleFiles } from "../../../../host/console/api/console-files.ts";
import { ScratchDirectory } from "../../../harness/scratch-directory.ts";

function build(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), text);
  }
}

test("there is no console without its first page", async (t) => {
  using home = new ScratchDirectory();
  t.is(await ConsoleFiles.open(undefined), undefined);
  t.is(await ConsoleFiles.open(path.join(home.path, "none")), undefined);
  build(home.path, { "assets/x.js": "1" });
  t.is(await ConsoleFiles.open(home.path), undefined);
});

test("files are found with their compressed forms; those with a hash in their name never change", async (t) => {
  using home = new ScratchDirectory();
  build(home.path, {
    "index.html": "<p>",
    "assets/main-B3xk29fa.js": "code",
    "assets/main-B3xk29fa.js.br": "br",
    "assets/main-B3xk29fa.js.gz": "gz",
  });
  const files = await ConsoleFiles.open(home.path);
  const main = files?.find("/assets/main-B3xk29fa.js");
  t.is(main?.plain.toString(), "code");
  t.is(main?.br?.toString(), "br");
  t.is(main?.gzip?.toString(), "gz");
  t.true(main?.immutable);
  t.is(main?.type, "text/javascript; charset=utf-8");
  t.false(files?.find("/index.html")?.immutable);
});

test("routes of the console give its page; files that are not there, and all outside of it, give nothing", async (t) => {
  using home = new ScratchDirectory();
  build(home.path, { "secret.txt": "secret", "built/index.html": "<p>" });
  symlinkSync(path.join(home.path, "secret.txt"), path.join(home.path, "built/link.txt"));
  const files = await ConsoleFiles.open(path.join(home.path, "built"));
  for (const url of ["/", "/things", "/things/pump/level"]) t.is(files?.find(url)?.plain.toString(), "<p>", url);
  for (const url of ["/missing.js", "/../secret.txt", "/link.txt", "/%2e%2e/secret.txt", "//secret.txt"])
    t.is(files?.find(url), undefined, url);
});
