import { createServer, type Server, type Socket } from "node:net";
import type { IdentificationObject } from "../../../shared/acquisition/modbus/modbus-response.ts";
import type { Actuator, SampleSink } from "../../../shared/acquisition/ports.ts";
import { Quality, type Sample } from "../../../shared/acquisition/sample.ts";
import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import type { JsonObject } from "../../../shared/base/json.ts";
import { listenError } from "../../../shared/base/listen-error.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { Metric, MetricSource } from "../../../shared/base/metric.ts";
import { type Instant, instant, millis } from "../../../shared/base/units.ts";
import type { IntentTaker } from "../../../shared/connectors/modbus-server/intent-taker.ts";
import { addressBytes, inNetwork, type Network, parseNetwork } from "../../../shared/connectors/modbus-server/network.ts";
import { RegisterImage } from "../../../shared/connectors/modbus-server/register-image.ts";
import type { ResolvedModbusServer } from "../../../shared/connectors/modbus-server/resolve-modbus-server.ts";
import { isPointValue } from "../../../shared/twin/desired-value.ts";
import { ClientGate } from "./client-gate.ts";
import { answerFrom, type ModbusLibrary } from "./modbus-answers.ts";
import { ServerCounters } from "./server-counters.ts";
import { WriteService } from "./write-service.ts";

export interface ModbusServerParts {
  readonly config: ResolvedModbusServer;
  /** What function 43/14 tells of the board. */
  readonly identity: { readonly product: string; readonly version: string; readonly board: string };
  /** What the twin of a point reports when the server opens: `{value, quality, …}`. From then on samples tell. */
  readonly reported: (thing: string, feature: string) => JsonObject | undefined;
  readonly actuator: Pick<Actuator, "policy">;
  readonly intents: IntentTaker;
  readonly clock: Clock;
  readonly log: Log;
}

/** Connections are looked at this often. */
const sweepInterval = millis(5000);
/** A connection that said nothing for so long may be displaced by a new one. */
const displaceable = millis(30_000);
/** Leaves all tables to the event handlers. */
const noTables: object = { coils: undefined, discrete: undefined, holding: undefined, input: undefined };

interface Client {
  readonly socket: Socket;
  readonly gate: ClientGate;
}

/**
 * Shows chosen points to Modbus TCP clients: functions 1 to 6, 15, 16 and 43/14. Reads answer from the samples it is given as a sink; a write is answered
 * when the desired value is on disk, and what the device made of it shows in the next read. Loads jsmodbus when opened.
 * @see Modbus Messaging on TCP/IP V1.0b
 */
export class ModbusServer implements SampleSink, MetricSource, AsyncDisposable {
  readonly #parts: ModbusServerParts;
  readonly #library: ModbusLibrary;
  readonly #image: RegisterImage;
  readonly #writes: WriteService;
  readonly #identity: readonly IdentificationObject[];
  readonly #allow: readonly Network[] | undefined;
  readonly #counters = new ServerCounters();
  readonly #server: Server;
  readonly #clients = new Set<Client>();
  #disarm: Disarm = () => undefined;
  #closed: Promise<void> | undefined;
  #port = 0;

  /** @throws {PortTaken} {ListenRefused} */
  static async open(parts: ModbusServerParts): Promise<ModbusServer> {
    const { default: library } = await import("jsmodbus");
    const server = new ModbusServer(parts, library);
    await server.#listen();
    return server;
  }

  private constructor(parts: ModbusServerParts, library: ModbusLibrary) {
    const { actuator, clock, config, identity, intents, log, reported } = parts;
    this.#parts = parts;
    this.#library = library;
    this.#image = new RegisterImage(config);
    this.#writes = new WriteService({ image: this.#image, actuator, intents, counters: this.#counters, clock, log });
    this.#identity = identityOf(identity);
    this.#allow = config.allow?.flatMap((entry) => parseNetwork(entry) ?? []);
    this.#server = createServer((socket) => this.#accept(socket));
    for (const { thing, feature } of this.#image.points()) {
      const sample = lastSample(reported(thing, feature));
      if (sample !== undefined) this.#image.accept([{ thing, feature, ...sample }]);
    }
  }

  /** For people: `modbus-tcp://127.0.0.1:1502`. */
  get address(): string {
    const { host } = this.#parts.config;
    return `modbus-tcp://${host.includes(":") ? `[${host}]` : host}:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  accept(samples: readonly Sample[]): void {
    this.#image.accept(samples);
  }

  metrics(): readonly Metric[] {
    return this.#counters.metrics(this.#clients.size, this.#image.unfit);
  }

  /** Ends all connections. */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#disarm();
      this.#server.close(() => resolve());
      for (const { gate } of this.#clients) gate.destroy();
    });
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #listen(): Promise<void> {
    const { config, log } = this.#parts;
    const { host, port } = config;
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (error) =>
        reject(listenError({ what: "the Modbus server", host, port, change: "modbusServer.port" }, error)),
      );
      this.#server.listen(port, host, resolve);
    });
    this.#server.removeAllListeners("error");
    // Failing to accept one connection, for want of file handles say, must not end the process.
    this.#server.on("error", (error) => log.error({ err: error }, "a connection to the Modbus server could not be accepted"));
    const bound = this.#server.address();
    this.#port = typeof bound === "object" && bound !== null ? bound.port : port;
    this.#arm();
    log.info({ address: this.address, registers: config.registers.length }, "the Modbus server listens");
  }

  #accept(socket: Socket): void {
    const { clock, config, log } = this.#parts;
    const counters = this.#counters;
    const who = `modbus ${socket.remoteAddress ?? "unknown"}:${socket.remotePort ?? 0}`;
    if (!this.#allows(socket.remoteAddress ?? "")) {
      if (counters.refused.address === 0) log.warn({ who }, "a Modbus client's address is not allowed; further ones are only counted");
      counters.refused.address += 1;
      socket.destroy();
      return;
    }
    if (this.#clients.size >= config.clients && !this.#displace()) {
      counters.refused.full += 1;
      socket.destroy();
      return;
    }
    counters.connects += 1;
    const gate = new ClientGate({ socket, unit: config.unit, clock, counters });
    const client = { socket, gate };
    this.#clients.add(client);
    gate.once("close", () => this.#clients.delete(client));
    // A server of jsmodbus for each client: its events do not say whose request it is. It never listens itself.
    const inner = createServer();
    const server = new this.#library.server.TCP(inner, noTables);
    answerFrom({ library: this.#library, image: this.#image, writes: this.#writes, identity: this.#identity, who }, server);
    inner.emit("connection", gate);
    log.debug({ who }, "a Modbus client connected");
  }

  #allows(address: string): boolean {
    if (this.#allow === undefined) return true;
    const bytes = addressBytes(address);
    return bytes !== undefined && this.#allow.some((network) => inNetwork(network, bytes));
  }

  /** Makes room by ending the connection that was silent longest, if it was silent for long. */
  #displace(): boolean {
    let oldest: Client | undefined;
    for (const client of this.#clients) if (oldest === undefined || client.gate.lastActive < oldest.gate.lastActive) oldest = client;
    if (oldest === undefined || this.#parts.clock.monotonic() - oldest.gate.lastActive < displaceable) return false;
    this.#counters.ended.displaced += 1;
    this.#clients.delete(oldest);
    oldest.gate.destroy();
    return true;
  }

  #arm(): void {
    const { clock, config } = this.#parts;
    this.#disarm = clock.after(sweepInterval, () => {
      for (const { gate } of this.#clients) {
        if (clock.monotonic() - gate.lastActive < config.idleTimeout) continue;
        this.#counters.ended.idle += 1;
        gate.destroy();
      }
      this.#arm();
    });
  }
}

/** What `reported` says as a sample; `undefined` where it is none. */
function lastSample(reported: JsonObject | undefined): Omit<Sample, "thing" | "feature"> | undefined {
  const quality = Object.values(Quality).find((one) => one === reported?.["quality"]);
  if (reported === undefined || quality === undefined) return undefined;
  const { value, source, received } = reported;
  const at = (time: unknown): Instant => instant(typeof time === "number" ? time : 0);
  return { value: isPointValue(value) ? value : null, quality, source: at(source), received: at(received) };
}

/** Objects of the basic and regular categories. Modbus Application Protocol V1.1b3 §6.21. */
function identityOf({ product, version, board }: ModbusServerParts["identity"]): readonly IdentificationObject[] {
  const texts: readonly (readonly [id: number, text: string])[] = [
    [0x00, "Penstock"],
    [0x01, product],
    [0x02, version],
    [0x04, "Penstock board"],
    [0x06, board],
  ];
  // An object's length is one byte, and it has to fit into a PDU.
  return texts.map(([id, text]) => ({ id, value: Buffer.from(text).subarray(0, 64) }));
}
