import { writeFile } from "node:fs/promises";
import path from "node:path";
import test from "ava";
import linuxGeneric from "../../../boards/linux-generic/board.json" with { type: "json" };
import { boardFlags } from "../../../host/platform/board-flags.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

const boards = new URL("../../../boards/", import.meta.url);

test("the flags are those of the board that the configuration names", async (t) => {
  const file = path.join(await temporaryDirectory(t), "penstock.json");
  await writeFile(file, '{"board": "luckfox-pico-max"}');
  t.true((await boardFlags(file, boards)).includes("--max-old-space-size=48"));
});

test("a configuration that names no board, an unknown one, or cannot be read has the flags of any Linux machine", async (t) => {
  const directory = await temporaryDirectory(t);
  const usual = await boardFlags(path.join(directory, "missing.json"), boards);
  t.deepEqual(usual, linuxGeneric.node.flags);
  for (const [index, text] of ["{}", '{"board": "no-such-board"}', '{"board": "../../host"}', '{"board": 5}', "not JSON"].entries()) {
    const file = path.join(directory, `${index}.json`);
    await writeFile(file, text);
    t.deepEqual(await boardFlags(file, boards), usual);
  }
});
