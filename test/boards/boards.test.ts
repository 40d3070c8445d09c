import { readdirSync, readFileSync } from "node:fs";
import test from "ava";
import { checkSchema } from "../../shared/base/check-schema.ts";
import type { JsonValue } from "../../shared/base/json.ts";
import { isJsonObject } from "../../shared/base/json.ts";
import { BoardDescription } from "../../shared/console/board-description.ts";
import { defaultBoardName } from "../../shared/console/resolve-config.ts";

const root = new URL("../../boards/", import.meta.url);
const folders = readdirSync(root, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));

const read = (folder: string): JsonValue => JSON.parse(readFileSync(new URL(`${folder}/board.json`, root), "utf8"));

for (const folder of folders) {
  test(`board.json of ${folder} follows its schema and carries the folder's name`, (t) => {
    const board = read(folder);
    t.deepEqual(checkSchema(BoardDescription, board), []);
    t.is(isJsonObject(board) ? board["name"] : undefined, folder);
  });

  test(`the names of buses and ports of ${folder} are unique`, (t) => {
    const board = read(folder);
    const parts = isJsonObject(board) ? [board["buses"], board["serialPorts"]].flat() : [];
    const ids = parts.flatMap((part) => (isJsonObject(part) ? [part["id"]] : []));
    t.is(new Set(ids).size, ids.length);
  });
}

test("the boards that are promised are there, the default among them, and the README lists each", (t) => {
  const readme = readFileSync(new URL("README.md", root), "utf8");
  for (const name of ["linux-generic", "raspberry-pi-zero-2", "luckfox-pico-max", "simulated", defaultBoardName])
    t.true(folders.includes(name));
  for (const folder of folders) t.true(readme.includes(`\`${folder}\``), folder);
});

test("a board with a wrong device path or a forgotten limit is found out", (t) => {
  const board = read("raspberry-pi-zero-2");
  if (!isJsonObject(board)) return t.fail();
  t.is(checkSchema(BoardDescription, { ...board, watchdog: { device: "watchdog" } })[0]?.path, "/watchdog/device");
  t.is(checkSchema(BoardDescription, { ...board, limits: { points: 1, clients: 1, twinBytes: 1048576 } })[0]?.path, "/limits/journalBytes");
});
