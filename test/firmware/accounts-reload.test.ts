import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { connectAsync, type MqttClient } from "mqtt";
import { hashPassword } from "../../firmware/broker/access/password-hash.ts";
import { RunningBoard } from "../harness/running-board.ts";
import { until } from "../harness/until.ts";

interface TestAccount {
  readonly name: string;
  readonly password: string;
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** True once the connection has ended. */
function watchEnd(client: MqttClient): () => boolean {
  let ended = false;
  client.on("close", () => {
    ended = true;
  });
  return () => ended;
}

test("SIGHUP puts other accounts into force at once: who is gone or has another password is cut off, and who may read less hears no more of it", async (t) => {
  const data = await mkdtemp(path.join(tmpdir(), "penstock-accounts-"));
  t.teardown(() => rm(data, { recursive: true, force: true }));
  const file = path.join(data, "accounts.json");
  const [first, second] = [await hashPassword("first"), await hashPassword("second")];
  const all = { publish: ["a/#", "b/#"], subscribe: ["a/#", "b/#"] };
  const write = (accounts: readonly TestAccount[]): Promise<void> => writeFile(file, JSON.stringify({ accounts }), { mode: 0o600 });
  const people = ["ann", "bob", "cyd", "dan"].map((name) => ({ name, password: first, ...all }));
  await write(people);
  const board = await RunningBoard.start({ config: { id: "b", broker: { accounts: file, listeners: [{ protocol: "mqtt" }] } }, data });
  t.teardown(() => board.kill());

  const dial = async (username: string): Promise<MqttClient> => {
    const client = await connectAsync(board.mqtt, { username, password: "first", reconnectPeriod: 0 });
    t.teardown(() => client.end(true));
    await client.subscribeAsync(["a/#", "b/#"], { qos: 1 });
    return client;
  };
  const ann = await dial("ann");
  const [gone, changed, narrowed] = await Promise.all([dial("bob"), dial("cyd"), dial("dan")]);
  const [goneEnded, changedEnded, narrowedEnded, annEnded] = [gone, changed, narrowed, ann].map(watchEnd);
  const heard: string[] = [];
  narrowed?.on("message", (topic) => heard.push(topic));

  await write([
    { name: "ann", password: first, ...all },
    { name: "cyd", password: second, ...all },
    { name: "dan", password: first, publish: [], subscribe: ["b/#"] },
  ]);
  process.kill(board.pid, "SIGHUP");
  await until(() => goneEnded?.() === true && changedEnded?.() === true);
  await ann.publishAsync("a/x", "1", { qos: 1 });
  await ann.publishAsync("b/x", "1", { qos: 1 });
  await until(() => heard.includes("b/x"));
  t.deepEqual(heard, ["b/x"]);
  t.deepEqual([narrowedEnded?.(), annEnded?.()], [false, false]);
  await t.throwsAsync(connectAsync(board.mqtt, { username: "cyd", password: "first", reconnectPeriod: 0 }, false));
  await t.throwsAsync(connectAsync(board.mqtt, { username: "bob", password: "first", reconnectPeriod: 0 }, false));

  await narrowed?.publishAsync("b/x", "2", { qos: 0 });
  await until(() => narrowedEnded?.() === true);
  t.false(annEnded?.());
});
