import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";

const program = fileURLToPath(new URL("../../firmware/main.ts", import.meta.url));

const run = (...args: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });

test("--check says whether a configuration is sound, and starts nothing", async (t) => {
  const data = await mkdtemp(path.join(tmpdir(), "penstock-check-"));
  t.teardown(() => rm(data, { recursive: true, force: true }));
  const file = path.join(data, "penstock.json");
  await writeFile(file, JSON.stringify({ lines: [{ id: "plc", protocol: "modbus-tcp", host: "192.0.2.1" }] }));
  const sound = await run("--check", "--data", data);
  t.is(sound.code, 0);
  t.regex(sound.out, /penstock\.json is sound: 1 lines, 0 devices, 0 sensors/);
  await writeFile(file, JSON.stringify({ lines: [{ id: "plc", protocol: "modbus-tpc", host: "192.0.2.1" }] }));
  const wrong = await run("--check", "--data", data);
  t.is(wrong.code, 1);
  t.regex(wrong.err, /modbus-tcp/);
  t.deepEqual(await readdir(data), ["penstock.json"]);
});
