import { createServer, type Server, type Socket } from "node:net";
import modbus from "jsmodbus";
import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import { listenError } from "../../../shared/base/listen-error.ts";
import type { Log } from "../../../shared/base/log.ts";
import { type Millis, millis } from "../../../shared/base/units.ts";
import { PumpStation } from "../pump-station/pump-station.ts";
import { answerFrom } from "./modbus-answers.ts";
import { ModbusGate } from "./modbus-gate.ts";
import { RegisterBank } from "./register-bank.ts";

/** The model moves on this often. */
const tick = millis(100);
/** A machine that slept does not live through the night: the model skips what is longer. */
const longestGap = millis(60_000);
const mostClients = 64;

/** Leaves all tables to the event handlers of {@link answerFrom}. */
const noTables: object = { coils: undefined, discrete: undefined, holding: undefined, input: undefined };

export interface PumpStationSimulatorParts {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly seed: number;
}

/** A pump station that answers Modbus TCP as units 1, 0 and 255, in time with the clock. Functions 1–6, 15, 16, 22, 23, 43/14. */
export class PumpStationSimulator implements AsyncDisposable {
  /** The model behind the registers. */
  readonly station: PumpStation;
  readonly #clock: Clock;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #last: Millis;
  #disarm: Disarm = () => undefined;
  #closed: Promise<void> | undefined;
  /** Where it listens. */
  readonly host: string;
  #port = 0;

  /** @throws {PortTaken} {ListenRefused} */
  static async open(parts: PumpStationSimulatorParts): Promise<PumpStationSimulator> {
    const simulator = new PumpStationSimulator(parts);
    await simulator.#listen(parts);
    return simulator;
  }

  private constructor(parts: PumpStationSimulatorParts) {
    this.host = parts.host;
    this.#clock = parts.clock;
    this.#last = parts.clock.monotonic();
    this.station = new PumpStation({ seed: parts.seed, start: parts.clock.wall() });
    const bank = new RegisterBank({ station: this.station });
    // jsmodbus sees only what passes the gate: this server never listens itself.
    const inner = createServer();
    answerFrom(bank, new modbus.server.TCP(inner, noTables));
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
      inner.emit("connection", new ModbusGate({ socket, bank }));
      parts.log.debug({ client: socket.remoteAddress, port: socket.remotePort }, "client connected to the simulated pump station");
    });
    this.#server.maxConnections = mostClients;
  }

  get port(): number {
    return this.#port;
  }

  async #listen({ host, port }: PumpStationSimulatorParts): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const attempt = { what: "the simulated pump station", host, port, change: "--simulator-port" };
      this.#server.once("error", (error) => reject(listenError(attempt, error)));
      this.#server.listen(port, host, resolve);
    });
    const address = this.#server.address();
    if (typeof address === "object" && address !== null) this.#port = address.port;
    this.#arm();
  }

  #arm(): void {
    this.#disarm = this.#clock.after(tick, () => {
      const now = this.#clock.monotonic();
      this.station.step(millis(Math.min(now - this.#last, longestGap)));
      this.#last = now;
      this.#arm();
    });
  }

  /** Ends all connections too. */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#disarm();
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
