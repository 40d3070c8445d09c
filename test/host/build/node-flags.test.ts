import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import { boardTargets } from "../../../host/build/board-targets.ts";
import { boardNodes, nodeFlagsFile } from "../../../host/build/node-flags.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

const boards = [
  { board: "big", architecture: "any", major: 24, flags: [] },
  { board: "large", architecture: "arm64", major: 24, flags: ["--a=1"] },
  { board: "small", architecture: "armv7", major: 20, flags: ["--a=1", "--b"] },
];

test("a bundle knows the flags of the boards that its target may be", (t) => {
  t.is(nodeFlagsFile(boards, boardTargets["linux-armv7"]), "big\nsmall --a=1 --b\n");
  t.is(nodeFlagsFile(boards, boardTargets["linux-x64"]), "big\n");
});

test("every board that is described has its Node", (t) => {
  const described = new Map(boardNodes(root).map((node) => [node.board, node]));
  t.is(described.get("luckfox-pico-max")?.major, 20);
  t.true(described.get("luckfox-pico-max")?.flags.includes("--max-semi-space-size=1"));
  t.true(described.has("linux-generic"));
});

/** A bundle's folder with the launcher and a Node that prints its arguments. */
function launcher(t: ExecutionContext) {
  const folder = mkdtempSync(path.join(tmpdir(), "penstock launcher-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  copyFileSync(path.join(root, "boards", "penstock-board"), path.join(folder, "penstock-board"));
  writeFileSync(path.join(folder, "node-flags"), nodeFlagsFile(boards, boardTargets["linux-armv7"]));
  writeFileSync(path.join(folder, "node"), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
  const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    spawnSync(path.join(folder, "penstock-board"), args, { cwd: folder, encoding: "utf8", env: { PATH: process.env["PATH"], ...env } });
  return { folder, start };
}

const configOf = (board: string): string => JSON.stringify({ board, lines: [] }, null, 2);

test("the launcher takes the flags of the board that the configuration names, wherever that file is said to be", (t) => {
  const { folder, start } = launcher(t);
  const [other, usual] = [path.join(folder, "other.json"), path.join(folder, "penstock.json")];
  writeFileSync(other, '{"id":"x","board":"small"}');
  const board = path.join(folder, "board.cjs");
  const lines = (...words: readonly string[]): string => words.map((word) => `${word}\n`).join("");
  t.is(start(["--config", other, "--data", "d"]).stdout, lines("--a=1", "--b", board, "--config", other, "--data", "d"));
  t.is(start([`--config=${other}`]).stdout, lines("--a=1", "--b", board, `--config=${other}`));
  t.is(start([], { PENSTOCK_CONFIG: other }).stdout, lines("--a=1", "--b", board));
  t.is(start(["--data", folder]).stdout, lines(board, "--data", folder));
  writeFileSync(usual, configOf("small"));
  t.is(start(["--data", folder]).stdout, lines("--a=1", "--b", board, "--data", folder));
  t.is(start([], { PENSTOCK_DATA: folder }).stdout, lines("--a=1", "--b", board));
});

test("without a configuration, and for a board that needs none, there are no flags; PENSTOCK_NODE_FLAGS takes their place", (t) => {
  const { folder, start } = launcher(t);
  t.is(start([]).stdout, `${path.join(folder, "board.cjs")}\n`);
  t.is(start([], { PENSTOCK_NODE_FLAGS: "--c --d=2" }).stdout, `--c\n--d=2\n${path.join(folder, "board.cjs")}\n`);
});

test("a board that is tuned for memory has one arena of the C library, unless somebody chose another number", (t) => {
  const { folder, start } = launcher(t);
  writeFileSync(path.join(folder, "node"), "#!/bin/sh\nprintenv MALLOC_ARENA_MAX || echo unset\n", { mode: 0o755 });
  t.is(start([], { PENSTOCK_NODE_FLAGS: "--a --optimize-for-size" }).stdout, "1\n");
  t.is(start([], { PENSTOCK_NODE_FLAGS: "--optimize-for-size", MALLOC_ARENA_MAX: "2" }).stdout, "2\n");
  t.is(start([], { PENSTOCK_NODE_FLAGS: "--a" }).stdout, "unset\n");
});

test("the launcher works through a link, and hands the board's exit code on", (t) => {
  const { folder, start } = launcher(t);
  symlinkSync("penstock-board", path.join(folder, "linked"));
  t.is(spawnSync(path.join(folder, "linked"), [], { encoding: "utf8" }).stdout, `${path.join(folder, "board.cjs")}\n`);
  writeFileSync(path.join(folder, "node"), "#!/bin/sh\nexit 7\n", { mode: 0o755 });
  t.is(start([]).status, 7);
});

test("the Node that PENSTOCK_NODE names comes before the one in the bundle", (t) => {
  const { folder, start } = launcher(t);
  writeFileSync(path.join(folder, "own-node"), "#!/bin/sh\necho own\n", { mode: 0o755 });
  t.is(start([], { PENSTOCK_NODE: path.join(folder, "own-node") }).stdout, "own\n");
});
