import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { ensureDefaultConfig } from "../../../host/acquisition/default-config.ts";
import { pumpStationConfig } from "../../../host/acquisition/pump-station-config.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

const at = (port: number) => ({ host: "127.0.0.1", port });

test("the default configuration is written where there is none and follows the port while nobody edits it", async (t) => {
  const file = path.join(await temporaryDirectory(t), "penstock.json");
  t.is(await ensureDefaultConfig(file, at(5020)), "written");
  t.deepEqual(JSON.parse(readFileSync(file, "utf8")), pumpStationConfig(at(5020)));
  t.is(await ensureDefaultConfig(file, at(5020)), "kept");
  t.is(await ensureDefaultConfig(file, at(5021)), "written");
  t.deepEqual(JSON.parse(readFileSync(file, "utf8")), pumpStationConfig(at(5021)));
});

test("an edited configuration is never touched", async (t) => {
  const file = path.join(await temporaryDirectory(t), "penstock.json");
  await ensureDefaultConfig(file, at(5020));
  const edited = readFileSync(file, "utf8").replace("Simulated pump station", "Mine");
  writeFileSync(file, edited);
  t.is(await ensureDefaultConfig(file, at(5020)), "kept");
  t.is(await ensureDefaultConfig(file, at(502)), "other-port");
  t.is(readFileSync(file, "utf8"), edited);
});

test("a file that is not even JSON is left for the board to complain about", async (t) => {
  const file = path.join(await temporaryDirectory(t), "penstock.json");
  writeFileSync(file, "{ oops");
  t.is(await ensureDefaultConfig(file, at(5020)), "other-port");
  t.is(readFileSync(file, "utf8"), "{ oops");
});
