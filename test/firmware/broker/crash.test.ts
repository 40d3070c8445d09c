import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ExecutionContext } from "ava";
import test from "ava";
import { freePort } from "../../harness/free-port.ts";
import { openBroker, scratch } from "./open-broker.ts";
import { connectPacket, publishPacket, RawClient, subscribePacket } from "./raw-client.ts";

const script = fileURLToPath(new URL("../../bench/broker-process.ts", import.meta.url));

async function start(t: ExecutionContext, directory: string, port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [script, directory, `${port}`], { stdio: ["ignore", "pipe", "inherit"] });
  t.teardown(() => child.kill("SIGKILL"));
  if (child.stdout !== null) await once(child.stdout, "data");
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

test("what was acknowledged before SIGKILL is there afterwards: subscriptions, queued and retained messages", async (t) => {
  const directory = `${await scratch(t)}/store`;
  let acknowledged = 0;
  for (let round = 0; round < 3; round++) {
    const port = await freePort();
    const child = await start(t, directory, port);
    const away = await RawClient.open(t, port);
    away.send(connectPacket({ id: "away", clean: false }));
    t.is((await away.take(4))[2], round === 0 ? 0 : 1, "the session outlives the process");
    if (round === 0) {
      away.send(subscribePacket("bench/a", 1));
      await away.take(5);
    }
    away.socket.destroy();
    const publisher = await RawClient.login(t, port, { id: "pub" });
    for (let id = 1; id <= 400; id++)
      publisher.send(publishPacket("bench/a", "x", 1, id), publishPacket(`bench/r/${round}/${id}`, "kept", 1, 1000 + id, true));
    const enough = 4 * (100 + 150 * round);
    const answers = await publisher.take(enough);
    await kill(child);
    await publisher.untilClosed();
    t.is(answers.length, enough);
    acknowledged += Array.from({ length: enough / 4 }, (_, at) => answers.readUInt16BE(4 * at + 2)).filter((id) => id < 1000).length;
  }
  const { broker, port } = await openBroker(t, { directory });
  const queued = broker.metrics().find(({ name }) => name === "penstock_broker_queued_messages")?.values[0]?.value ?? 0;
  t.true(queued >= acknowledged, `${queued} of ${acknowledged}`);
  const retained = await RawClient.login(t, port, { id: "late" });
  retained.send(subscribePacket("bench/r/2/1"));
  await retained.take(5);
  t.is((await retained.take(19)).subarray(-4).toString(), "kept");
});

test("the will of a client that was connected when the broker was killed is published at the next start", async (t) => {
  const directory = `${await scratch(t)}/store`;
  const port = await freePort();
  const child = await start(t, directory, port);
  const lost = await RawClient.login(t, port, { id: "lost", will: { topic: "bench/will", payload: "gone", qos: 1, retain: true } });
  await lost.ping();
  const publisher = await RawClient.login(t, port, { id: "pub" });
  // Its acknowledgement says that everything before it is on disk as well.
  publisher.send(publishPacket("bench/r", "x", 1, 1, true));
  await publisher.take(4);
  await kill(child);
  const again = await openBroker(t, { directory });
  const watcher = await RawClient.login(t, again.port, { id: "watcher" });
  watcher.send(subscribePacket("bench/will", 1));
  await watcher.take(5);
  const message = await watcher.take(20);
  t.is(message[0], 0x33);
  t.is(message.subarray(-4).toString(), "gone");
});
