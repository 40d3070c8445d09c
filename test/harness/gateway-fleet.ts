import { connect, type MqttClient } from "mqtt";
import { NodeClock } from "../../host/platform/clock-node.ts";
import { encodeLinkMessage } from "../../shared/connectors/link/link-codec.ts";
import { MemoryBoard } from "../host/broker/memory-board.ts";

/** Many boards in one process: each with the real end of the link, a real journal in memory and a connection of its own to the gateway's broker. */
export class GatewayFleet {
  readonly boards: readonly MemoryBoard[];
  readonly #clients: Map<string, MqttClient>;
  readonly #sampled = new Map<string, number>();

  private constructor(boards: readonly MemoryBoard[], clients: Map<string, MqttClient>) {
    this.boards = boards;
    this.#clients = clients;
  }

  static async boot(broker: string, ids: readonly string[]): Promise<GatewayFleet> {
    const clock = new NodeClock();
    const clients = new Map<string, MqttClient>();
    const boards: MemoryBoard[] = [];
    for (const id of ids) {
      const transport = { join: (board: string, receive: (payload: Uint8Array) => void) => join(broker, board, receive, clients) };
      boards.push(await MemoryBoard.boot({ id, transport, clock }));
    }
    return new GatewayFleet(boards, clients);
  }

  /** How many samples a board has taken. */
  sampled(id: string): number {
    return this.#sampled.get(id) ?? 0;
  }

  sample(board: MemoryBoard): void {
    const value = this.sampled(board.id) + 1;
    this.#sampled.set(board.id, value);
    board.sample("speed", value);
  }

  async close(): Promise<void> {
    for (const board of this.boards) await board.crash();
    for (const client of this.#clients.values()) client.end(true);
  }
}

/** Dials as a board does: the broker tells by its last will when it is gone. */
function join(broker: string, board: string, receive: (payload: Uint8Array) => void, clients: Map<string, MqttClient>) {
  const topic = `penstock/v1/${board}/link`;
  const will = encodeLinkMessage({ kind: "announce", board, bootId: "0".repeat(32), online: false });
  const client = connect(broker, { reconnectPeriod: 0, will: { topic: `${topic}/up`, payload: Buffer.from(will), qos: 1, retain: false } });
  clients.set(board, client);
  client.on("error", () => {});
  client.on("message", (_topic, payload) => receive(payload));
  client.subscribe(`${topic}/down`, { qos: 1 });
  return {
    send: (payload: Uint8Array) => void client.publish(`${topic}/up`, Buffer.from(payload), { qos: 1 }),
    leave: () => client.stream.destroy(),
  };
}
