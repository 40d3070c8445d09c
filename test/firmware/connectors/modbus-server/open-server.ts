import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { ExecutionContext } from "ava";
import { ModbusServer } from "../../../../firmware/connectors/modbus-server/modbus-server.ts";
import { encodeMbap, MbapDeframer } from "../../../../shared/acquisition/modbus/mbap.ts";
import type { WritePolicy } from "../../../../shared/acquisition/ports.ts";
import { type PointValue, Quality, type Sample } from "../../../../shared/acquisition/sample.ts";
import { instant, millis } from "../../../../shared/base/units.ts";
import type { IntentAnswer } from "../../../../shared/connectors/modbus-server/intent-taker.ts";
import type { ModbusServerConfig } from "../../../../shared/connectors/modbus-server-config.ts";
import { resolveConfig } from "../../../../shared/console/resolve-config.ts";
import { reportedOf } from "../../../../shared/twin/reported-sample.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";
import { FakeLog } from "../../../harness/fake-log.ts";

const line = { id: "plc", protocol: "modbus-tcp", host: "192.0.2.1" } as const;
const points = [
  { id: "level", area: "input", address: 0, type: "float32" },
  { id: "speed", area: "holding", address: 0, write: {} },
  { id: "ratio", area: "holding", address: 1, type: "float32", write: {} },
  { id: "run", area: "coil", address: 0, write: {} },
  { id: "alarm", area: "discrete", address: 0 },
  { id: "label", area: "holding", address: 8, type: "string", length: 6 },
] as const;

/** What the server of most tests shows. */
export const someRegisters: ModbusServerConfig["registers"] = [
  { thing: "pump", feature: "level", area: "input", address: 0, type: "float32" },
  { thing: "pump", feature: "level", area: "input", address: 2, type: "int16", scale: 0.1 },
  { thing: "pump", feature: "label", area: "input", address: 10, type: "string", length: 6 },
  { thing: "pump", feature: "speed", area: "holding", address: 0, write: true },
  { thing: "pump", feature: "ratio", area: "holding", address: 1, type: "float32", order: "CDAB", write: true },
  { thing: "pump", feature: "run", area: "holding", address: 3, write: true },
  { thing: "pump", feature: "level", area: "holding", address: 4, type: "float32" },
  { thing: "pump", feature: "run", area: "coil", address: 0, write: true },
  { thing: "pump", feature: "alarm", area: "coil", address: 1 },
  { thing: "pump", feature: "alarm", area: "discrete", address: 7 },
];

export const sampleOf = (feature: string, value: PointValue | null, quality: Quality = Quality.good): Sample => ({
  thing: "pump",
  feature,
  value,
  quality,
  source: instant(0),
  received: instant(0),
});

/** A server in virtual time, and what it asked the board for. */
export interface ServerBench {
  readonly server: ModbusServer;
  readonly clock: FakeClock;
  readonly log: FakeLog;
  readonly wanted: { readonly feature: string; readonly value: PointValue; readonly who: string }[];
  /** What becomes of a desired value. */
  answer: (feature: string, value: PointValue) => Promise<IntentAnswer>;
}

/** Opens a server of a board with one pump on any free port; closed when the test ends. Speeds above 100 are refused. */
export async function openServer(
  t: ExecutionContext,
  config: Partial<ModbusServerConfig> = {},
  known: readonly Sample[] = [],
): Promise<ServerBench> {
  const resolved = resolveConfig({
    lines: [line],
    devices: [{ id: "pump", line: "plc", points: points.map((point) => ({ ...point })) }],
    modbusServer: { port: 0, registers: someRegisters, ...config },
  });
  if (resolved.modbusServer === undefined) throw new Error("no server");
  const [clock, log] = [new FakeClock(), new FakeLog()];
  const policy: WritePolicy = {
    expiry: millis(1000),
    hold: false,
    refusal: (value) => (typeof value === "number" && value > 100 ? { code: "EDGE_WRITE_REFUSED", reason: "at most 100" } : undefined),
    same: (a, b) => a === b,
  };
  const bench: { -readonly [Key in keyof ServerBench]?: ServerBench[Key] } & Pick<ServerBench, "wanted" | "answer"> = {
    wanted: [],
    answer: async () => ({ accepted: true }),
  };
  const server = await ModbusServer.open({
    config: resolved.modbusServer,
    identity: { product: "board", version: "1.2.3", board: "north" },
    reported: (_thing, feature) => {
      const sample = known.find((one) => one.feature === feature);
      return sample === undefined ? undefined : reportedOf(sample);
    },
    actuator: { policy: () => policy },
    intents: {
      accept(_thing, feature, value, who) {
        bench.wanted.push({ feature, value, who });
        return bench.answer(feature, value);
      },
    },
    clock,
    log,
  });
  t.teardown(() => server.close());
  return Object.assign(bench, { server, clock, log });
}

/** A client that says what the test wants, byte by byte. */
export class RawClient {
  readonly socket: Socket;
  readonly #waiting: ((pdu: readonly number[]) => void)[] = [];
  readonly #answers: (readonly number[])[] = [];
  #transaction = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("error", () => undefined);
    const deframer = new MbapDeframer((_transaction, _unit, pdu) => {
      const next = this.#waiting.shift();
      if (next === undefined) this.#answers.push([...pdu]);
      else next([...pdu]);
    });
    socket.on("data", (chunk) => deframer.push(chunk));
  }

  static async open(t: ExecutionContext, port: number): Promise<RawClient> {
    const socket = connect(port, "127.0.0.1");
    t.teardown(() => socket.destroy());
    await once(socket, "connect");
    return new RawClient(socket);
  }

  /** Sends a request PDU without waiting. */
  send(pdu: readonly number[], unit = 1): void {
    this.#transaction += 1;
    this.socket.write(encodeMbap(this.#transaction, unit, Uint8Array.from(pdu)));
  }

  /** The next answer. */
  next(): Promise<readonly number[]> {
    const answer = this.#answers.shift();
    return answer === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(answer);
  }

  ask(pdu: readonly number[], unit = 1): Promise<readonly number[]> {
    this.send(pdu, unit);
    return this.next();
  }

  /** Resolves when the server has ended the connection. */
  async ended(): Promise<void> {
    if (!this.socket.destroyed) await once(this.socket, "close");
  }
}

/** One value of a metric family. */
export function counted(server: ModbusServer, name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
  const family = server.metrics().find((metric) => metric.name === name);
  return family?.values.find((value) => Object.entries(labels).every(([key, text]) => value.labels[key] === text))?.value;
}
