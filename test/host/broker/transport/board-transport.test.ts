import test from "ava";
import { connectAsync, type MqttClient } from "mqtt";
import { AedesBroker } from "../../../../firmware/broker/aedes-broker.ts";
import { MemoryBoardTransport } from "../../../../host/broker/transport/board-transport-memory.ts";
import { MqttBoardTransport } from "../../../../host/broker/transport/board-transport-mqtt.ts";
import { NodeClock } from "../../../../host/platform/clock-node.ts";
import { FakeLog } from "../../../harness/fake-log.ts";
import { freePort } from "../../../harness/free-port.ts";
import { ScratchDirectory } from "../../../harness/scratch-directory.ts";
import { boardTransportContract, type OpenedTransport } from "./board-transport-contract.ts";

async function inMemory(): Promise<OpenedTransport> {
  const transport = new MemoryBoardTransport();
  return {
    transport,
    join: async (board, receive) => {
      const peer = transport.join(board, receive);
      return (payload) => peer.send(payload);
    },
    data: (thing, feature, payload) => transport.data(thing, feature, payload),
    cut: async () => {
      transport.connected = false;
      transport.connected = true;
    },
    close: () => transport.close(),
  };
}

async function overMqtt(): Promise<OpenedTransport> {
  const scratch = new ScratchDirectory();
  const port = await freePort();
  const open = () =>
    AedesBroker.open({
      directory: scratch.path,
      config: {
        listeners: [{ protocol: "mqtt", port }],
        anonymousRules: { publish: ["penstock/v1/#"], subscribe: ["penstock/v1/#"] },
      },
      clock: new NodeClock(),
      log: new FakeLog(),
    });
  let broker = await open();
  const url = `mqtt://127.0.0.1:${port}`;
  const clients: MqttClient[] = [];
  const transport = new MqttBoardTransport({ url: () => url, clock: new NodeClock(), log: new FakeLog(), random: () => 0 });
  const client = async (): Promise<MqttClient> => {
    const one = await connectAsync(url, { reconnectPeriod: 0, protocolVersion: 4 });
    one.on("error", () => {});
    clients.push(one);
    return one;
  };
  return {
    transport,
    join: async (board, receive) => {
      const one = await client();
      one.on("message", (_topic, payload) => receive(payload));
      await one.subscribeAsync(`penstock/v1/${board}/link/down`, { qos: 1 });
      return (payload) => void one.publish(`penstock/v1/${board}/link/up`, Buffer.from(payload), { qos: 1 }, () => {});
    },
    // Data topics are the broker's own to publish to.
    data: (thing, feature, payload) => void broker.publish(`penstock/v1/${thing}/data/${feature}`, payload, { qos: 0, retain: false }),
    cut: async () => {
      await broker.close();
      broker = await open();
    },
    close: async () => {
      await transport.close();
      for (const one of clients) await one.endAsync(true);
      await broker.close();
      scratch[Symbol.dispose]();
    },
  };
}

boardTransportContract(test, "in memory", inMemory);
boardTransportContract(test, "over MQTT", overMqtt);
