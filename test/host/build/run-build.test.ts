import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import { ownTarget } from "../../../host/build/board-targets.ts";

const main = fileURLToPath(new URL("../../../host/build/main.ts", import.meta.url));
const own = ownTarget()?.name ?? "";

/** A build on a machine that has this machine's own compiler and no cross compilers. */
function withoutCrossCompilers(t: ExecutionContext) {
  const folder = mkdtempSync(path.join(tmpdir(), "penstock-run-build-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const programs = path.join(folder, "bin");
  mkdirSync(programs);
  const places = (process.env["PATH"] ?? "").split(path.delimiter);
  for (const name of ["cc", "c++", "as", "ld", "tar", "git", "npm", "node", "sh"]) {
    const place = places.find((one) => existsSync(path.join(one, name)));
    if (place !== undefined) symlinkSync(path.join(place, name), path.join(programs, name));
  }
  const build = (args: readonly string[], ci: string) => {
    const { status, stderr } = spawnSync(process.execPath, [main, ...args, "--out", folder], {
      encoding: "utf8",
      env: { ...process.env, PATH: programs, CI: ci },
    });
    return { status, stderr, built: existsSync(path.join(folder, "board")) ? readdirSync(path.join(folder, "board")) : [] };
  };
  return build;
}

test.serial("targets without a compiler are left out with a line that says why, and the others are built", (t) => {
  const { status, stderr, built } = withoutCrossCompilers(t)(["board"], "");
  t.is(status, 0, stderr);
  t.deepEqual(built, [own]);
  t.regex(
    stderr,
    /linux-armv7 is left out: a compiler for linux-armv7: arm-linux-gnueabihf-g\S+ cannot be started; apt-get install g\+\+-arm-linux-gnueabihf/,
  );
  t.regex(stderr, new RegExp(`${own}: at start \\d+ KiB, on demand \\d+ KiB, native \\d+ KiB; all `));
});

test.serial("a target that was asked for by name is not left out, and with CI none is", (t) => {
  const build = withoutCrossCompilers(t);
  for (const [args, ci] of [
    [["linux-armv7"], ""],
    [["board"], "true"],
  ] as const) {
    const { status, stderr } = build(args, ci);
    t.is(status, 1);
    t.regex(stderr, /^penstock: a compiler for linux-\S+: \S+ cannot be started/m);
  }
});
