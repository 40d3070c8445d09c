import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { hashPassword } from "../../../../firmware/broker/access/password-hash.ts";
import { LinkMemoryFile } from "../../../../firmware/connectors/uplink/link-memory-file.ts";
import { MqttUplink } from "../../../../firmware/connectors/uplink/mqtt-uplink.ts";
import { NodeClock } from "../../../../firmware/platform/clock-node.ts";
import { instant } from "../../../../shared/base/units.ts";
import { encodeUtf8 } from "../../../../shared/base/utf8.ts";
import { resolveUplink } from "../../../../shared/connectors/resolve-uplink.ts";
import type { UplinkConfig } from "../../../../shared/connectors/uplink-config.ts";
import { RecordKind } from "../../../../shared/pipeline/journal-record.ts";
import type { Journal } from "../../../../shared/pipeline/ports.ts";
import { FakeLog } from "../../../harness/fake-log.ts";
import { freePort } from "../../../harness/free-port.ts";
import { LinkReceiver } from "../../../harness/link-receiver.ts";
import { MemoryLinkStore } from "../../../harness/link-store-memory.ts";
import { peerTest } from "../../../harness/peers.ts";
import { until } from "../../../harness/until.ts";
import { openUplinkJournal } from "../../../harness/uplink-journal.ts";
import { openBroker } from "../../broker/open-broker.ts";
import { selfSigned } from "../../broker/self-signed.ts";

async function scratch(t: ExecutionContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "penstock-uplink-"));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

interface TestBoard {
  readonly journal: Journal;
  readonly uplink: MqttUplink;
  readonly log: FakeLog;
  readonly executed: string[];
}

async function openBoard(t: ExecutionContext, config: UplinkConfig, directory: string): Promise<TestBoard> {
  const log = new FakeLog();
  const journal = await openUplinkJournal({ directory: join(directory, "journal"), log });
  const executed: string[] = [];
  const uplink = await MqttUplink.open({
    config: resolveUplink(config),
    board: "board-1",
    version: "1.0.0",
    journal,
    memory: new LinkMemoryFile(join(directory, "link")),
    executor: {
      execute: async ({ opId, value }) => {
        executed.push(opId);
        return { outcome: "done", after: value };
      },
    },
    clock: new NodeClock(),
    log,
    random: () => 0,
  });
  t.teardown(async () => {
    await uplink.close();
    await journal.close();
  });
  return { journal, uplink, log, executed };
}

async function openReceiver(
  t: ExecutionContext,
  url: string,
  store: MemoryLinkStore,
  boards: readonly string[] = [],
): Promise<LinkReceiver> {
  const receiver = await LinkReceiver.open({ url, store, log: new FakeLog(), boards });
  t.teardown(() => receiver.close());
  return receiver;
}

function append(journal: Journal, from: number, count: number): void {
  for (let id = from; id < from + count; id++)
    journal.append("samples", RecordKind.sample, instant(1_700_000_000_000 + id), encodeUtf8(`{"id":${id}}`));
}

const samplesIn = (store: MemoryLinkStore): number =>
  [...store.board("board-1").stream("samples").values()].filter(({ kind }) => kind === RecordKind.sample).length;

async function carries(t: ExecutionContext, url: string): Promise<void> {
  const store = new MemoryLinkStore();
  const { journal, uplink, executed } = await openBoard(t, { url }, await scratch(t));
  append(journal, 0, 5000);
  await openReceiver(t, url, store);
  await until(() => samplesIn(store) === 5000);
  append(journal, 5000, 10);
  await until(() => samplesIn(store) === 5010 && uplink.state.name === "connected");
  const command = {
    cmdSeq: 1,
    opId: "op-1",
    thing: "pump",
    feature: "speed",
    value: 3,
    who: "anna",
    expiresAt: instant(Date.now() + 60_000),
  };
  store.order("board-1", command);
  const again = await openReceiver(t, url, Object.assign(store, { epoch: 2 }), ["board-1"]);
  await until(() => store.board("board-1").commands.get(1)?.ended !== undefined);
  t.is(store.board("board-1").commands.get(1)?.ended?.outcome, "done");
  t.deepEqual(executed, ["op-1"]);
  await again.close();
}

test("records and commands travel over the board's own kind of broker", async (t) => {
  const { port } = await openBroker(t);
  await carries(t, `mqtt://127.0.0.1:${port}`);
});

peerTest("mosquitto")("records and commands travel over mosquitto", async (t) => {
  const port = await freePort();
  const directory = await scratch(t);
  await writeFile(join(directory, "mosquitto.conf"), `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n`);
  const broker = spawn("/usr/sbin/mosquitto", ["-c", join(directory, "mosquitto.conf")], { stdio: "ignore" });
  t.teardown(async () => {
    broker.kill();
    await once(broker, "exit");
  });
  await carries(t, `mqtt://127.0.0.1:${port}`);
});

test("a board that starts without network dials on, and says why it is offline", async (t) => {
  const port = await freePort();
  const { uplink, journal } = await openBoard(t, { url: `mqtt://127.0.0.1:${port}` }, await scratch(t));
  await until(() => uplink.failures > 0);
  append(journal, 0, 3);
  await journal.flush();
  await until(() => uplink.state.name === "offline" && uplink.state.reason.includes("nothing listens there"));
  const { port: found } = await openBroker(t, {
    config: { listeners: [{ protocol: "mqtt", port }], anonymousRules: { publish: ["#"], subscribe: ["#"] } },
  });
  const store = new MemoryLinkStore();
  await openReceiver(t, `mqtt://127.0.0.1:${found}`, store);
  await until(() => samplesIn(store) >= 3);
  t.is(samplesIn(store), 3);
});

test("a certificate that is not trusted is named as the reason, with what to do", async (t) => {
  const directory = await scratch(t);
  const { certificate, key } = selfSigned();
  await writeFile(join(directory, "server.crt"), certificate);
  await writeFile(join(directory, "server.key"), key);
  const listener = { protocol: "mqtts" as const, port: 0, certificate: join(directory, "server.crt"), key: join(directory, "server.key") };
  const { port } = await openBroker(t, { config: { listeners: [listener], anonymousRules: { publish: ["#"], subscribe: ["#"] } } });
  const url = `mqtts://127.0.0.1:${port}`;
  const stranger = await openBoard(t, { url }, join(directory, "stranger"));
  await until(
    () => stranger.uplink.failures > 0 && stranger.uplink.state.name === "offline" && stranger.uplink.state.reason.includes("uplink.ca"),
  );
  const friend = await openBoard(t, { url, ca: join(directory, "server.crt") }, join(directory, "friend"));
  await until(() => friend.uplink.connections > 0);
  t.is(friend.uplink.failures, 0);
});

test("a password file that is not there is named", async (t) => {
  const directory = await scratch(t);
  const passwordFile = join(directory, "nowhere");
  const { uplink } = await openBoard(t, { url: "mqtt://127.0.0.1:1", username: "board", passwordFile }, directory);
  await until(() => uplink.state.name === "offline" && uplink.state.reason.includes(passwordFile));
  t.is(uplink.connections, 0);
});

test("a wrong password is named, and a mended file is read at the next attempt", async (t) => {
  const directory = await scratch(t);
  const accounts = join(directory, "accounts.json");
  const topics = ["penstock/v1/board-1/link/#"];
  const account = { name: "board-1", password: await hashPassword("right"), publish: topics, subscribe: topics };
  await writeFile(accounts, JSON.stringify({ accounts: [account] }));
  const passwordFile = join(directory, "password");
  await writeFile(passwordFile, "wrong\n");
  const { port } = await openBroker(t, { config: { listeners: [{ protocol: "mqtt", port: 0 }], accounts } });
  const { uplink } = await openBoard(t, { url: `mqtt://127.0.0.1:${port}`, username: "board-1", passwordFile }, directory);
  await until(() => uplink.state.name === "offline" && uplink.state.reason.includes("wrong user name or password"));
  await writeFile(passwordFile, "right\n");
  await until(() => uplink.connections > 0);
  t.true(uplink.failures > 0);
});
