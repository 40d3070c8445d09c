import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { peerTest } from "../../../harness/peers.ts";
import { openServer, sampleOf } from "./open-server.ts";

const run = promisify(execFile);
const mbpoll = peerTest("mbpoll");
const pymodbus = peerTest("python3-pymodbus");

/** One poll of mbpoll; what it printed, or its complaint. */
async function poll(port: number, ...args: readonly string[]): Promise<string> {
  try {
    const all = ["-m", "tcp", "-p", String(port), "-a", "1", "-0", "-1", "-q", "-o", "10", ...args];
    const { stdout, stderr } = await run("mbpoll", all);
    return stdout + stderr;
  } catch (error) {
    return error instanceof Error && "stderr" in error && "stdout" in error ? `${error.stdout}${error.stderr}` : String(error);
  }
}

mbpoll("mbpoll reads and writes what the server shows", async (t) => {
  const bench = await openServer(t);
  const { port } = bench.server;
  bench.server.accept([sampleOf("level", 23.5), sampleOf("run", true), sampleOf("alarm", false), sampleOf("speed", 42)]);
  t.regex(await poll(port, "-t", "3:float", "-B", "-r", "0", "127.0.0.1"), /\[0\]:\s+23\.5/);
  t.regex(await poll(port, "-t", "3", "-r", "2", "127.0.0.1"), /\[2\]:\s+235/);
  t.regex(await poll(port, "-t", "0", "-r", "0", "-c", "2", "127.0.0.1"), /\[0\]:\s+1\s+\[1\]:\s+0/);
  t.regex(await poll(port, "-t", "4", "-r", "0", "127.0.0.1"), /\[0\]:\s+42/);
  t.regex(await poll(port, "-t", "4", "-r", "100", "127.0.0.1"), /Illegal data address/);
  t.regex(await poll(port, "-t", "4", "-r", "0", "127.0.0.1", "77"), /Written 1 references/);
  t.regex(await poll(port, "-t", "4", "-r", "0", "127.0.0.1", "777"), /Illegal data value/);
  // mbpoll's little-endian float is the register order of CDAB.
  t.regex(await poll(port, "-t", "4:float", "-r", "1", "127.0.0.1", "2.25"), /Written 1 references/);
  t.deepEqual(
    bench.wanted.map(({ feature, value }) => [feature, value]),
    [
      ["speed", 77],
      ["ratio", 2.25],
    ],
  );
});

pymodbus("pymodbus reads and writes what the server shows", async (t) => {
  const bench = await openServer(t);
  bench.server.accept([
    sampleOf("level", 1.5),
    sampleOf("run", true),
    sampleOf("alarm", true),
    sampleOf("speed", 42),
    sampleOf("label", "abcd"),
  ]);
  const requests = [
    "read_input_registers:0:3",
    "read_input_registers:10:3",
    "read_holding_registers:0:1",
    "read_coils:0:2",
    "read_discrete_inputs:7:1",
    "read_holding_registers:1:2",
    "read_holding_registers:50:1",
    "write_register:0:7",
    "write_registers:0:8,0,16320",
    "write_coil:0:0",
    "write_coils:0:1",
    "write_register:0:500",
    "write_register:1:1",
  ];
  const client = fileURLToPath(new URL("../../../harness/pymodbus-client.py", import.meta.url));
  const { stdout } = await run("/usr/bin/python3", [client, String(bench.server.port), ...requests]);
  const answers = stdout
    .trim()
    .split("\n")
    .map((line): { registers?: number[]; bits?: boolean[]; exception?: number } => JSON.parse(line));
  t.deepEqual(answers[0]?.registers, [0x3fc0, 0, 15]);
  t.deepEqual(answers[1]?.registers, [0x6162, 0x6364, 0]);
  t.deepEqual(answers[2]?.registers, [42]);
  t.deepEqual(answers[3]?.bits?.slice(0, 2), [true, true]);
  t.is(answers[4]?.bits?.[0], true);
  t.deepEqual(
    answers.map(({ exception }) => exception),
    [undefined, undefined, undefined, undefined, undefined, 4, 2, undefined, undefined, undefined, undefined, 3, 2],
  );
  t.deepEqual(
    bench.wanted.map(({ feature, value }) => [feature, value]),
    [
      ["speed", 7],
      ["speed", 8],
      ["ratio", 1.5],
      ["run", false],
      ["run", true],
    ],
  );
});
