import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { readConfig, smallestConfig } from "../../../firmware/console/config-file.ts";
import { ConfigInvalid, ConfigMissing, ConfigUnreadable } from "../../../shared/console/config-errors.ts";
import { sixPoints as context } from "../../harness/config-problems.ts";

let folder = "";
test.after.always(() => rm(folder, { recursive: true, force: true }));
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "penstock-config-"));
});

let files = 0;
async function fileOf(content: string | Uint8Array): Promise<string> {
  const path = join(folder, `config-${files++}.json`);
  await writeFile(path, content);
  return path;
}

test("the config that a missing file's error shows is itself valid", async (t) => {
  const config = await readConfig(await fileOf(smallestConfig), context);
  t.is(config.devices?.[0]?.points[0]?.id, "level");
});

test("an empty object is a whole configuration", async (t) => {
  t.deepEqual(await readConfig(await fileOf("{}"), context), {});
});

test("a byte order mark is passed over", async (t) => {
  t.deepEqual(await readConfig(await fileOf("\ufeff{}"), context), {});
});

test("a problem names the file as it was given", async (t) => {
  const path = await fileOf('{\n  "linse": []\n}');
  const error = await t.throwsAsync(readConfig(path, context), { instanceOf: ConfigInvalid });
  t.is(error?.code, "EDGE_CONFIG");
  t.true(error?.message.startsWith(`${path}:2:3: /linse: unknown property; expected one of `));
});

test("contradictions are problems of the file too", async (t) => {
  const path = await fileOf('{"devices": [{"id": "a", "line": "b", "points": [{"id": "c", "area": "coil", "address": 0}]}]}');
  const error = await t.throwsAsync(readConfig(path, context), { instanceOf: ConfigInvalid });
  t.is(error?.message, `${path}:1:26: /devices/0/line: there is no line "b"; expected a line, and there is none`);
});

test("a file that is not there is told apart, with how to make one", async (t) => {
  const path = join(folder, "nowhere.json");
  const error = await t.throwsAsync(readConfig(path, context), { instanceOf: ConfigMissing });
  t.is(error?.code, "EDGE_CONFIG_MISSING");
  t.true(error?.message.includes(path));
  t.true(error?.message.includes(smallestConfig));
});

test("what cannot be read is told apart", async (t) => {
  const directory = await t.throwsAsync(readConfig(folder, context), { instanceOf: ConfigUnreadable });
  t.is(directory?.message, `${folder} cannot be read: it is a directory`);
  const latin = await fileOf(Uint8Array.of(0x7b, 0xe4, 0x7d));
  const encoded = await t.throwsAsync(readConfig(latin, context), { instanceOf: ConfigUnreadable });
  t.is(encoded?.message, `${latin} cannot be read: it is not UTF-8 text`);
  const huge = await fileOf(" ".repeat(4 * 1024 * 1024 + 1));
  const large = await t.throwsAsync(readConfig(huge, context), { instanceOf: ConfigUnreadable });
  t.is(large?.message, `${huge} cannot be read: it is larger than 4 MiB`);
});
