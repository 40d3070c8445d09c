import type { PenstockConfig } from "../../shared/console/penstock-config.ts";
import { freePort } from "./free-port.ts";
import { commandRegister, GatewayDevice, wishRegister } from "./gateway-device.ts";
import { RunningBoard } from "./running-board.ts";
import { RunningGateway } from "./running-gateway.ts";

const points = 4;
export const ownBoard = "centre";

/** Features that change with every poll. */
export const measured: readonly string[] = Array.from({ length: points }, (_, n) => `p${n}`);
export const thingOf = (board: string): string => `${board}-unit`;

/** A board with one unit that is polled 20 times a second, with little time between commits. @param uplink URL of the gateway's broker, for a remote board */
export function plantConfig(board: string, port: number, uplink?: string): PenstockConfig {
  const write = { perMinute: 6000 };
  return {
    id: board,
    lines: [{ id: "line", protocol: "modbus-tcp", host: "127.0.0.1", port, inFlight: 8 }],
    schedules: { fast: { every: "50 ms" } },
    devices: [
      {
        id: thingOf(board),
        line: "line",
        schedule: "fast",
        points: [
          ...measured.map((id, address) => ({ id, area: "holding" as const, address })),
          { id: "op", area: "holding", address: commandRegister, write },
          { id: "wish", area: "holding", address: wishRegister, write },
        ],
      },
    ],
    twin: { commitInterval: "20 ms" },
    journal: { commitInterval: "20 ms" },
    ...(uplink !== undefined && { uplink: { url: uplink } }),
  };
}

/** A gateway with its own board and remote boards on its broker, all of them processes, each with a device that counts what is done to it. */
export class GatewayPlant {
  readonly boards: readonly string[];
  readonly devices: ReadonlyMap<string, GatewayDevice>;
  readonly #mqttPort: number;
  readonly #data: string | undefined;
  readonly #remote = new Map<string, RunningBoard>();
  #gateway: RunningGateway | undefined;

  private constructor(
    boards: readonly string[],
    devices: ReadonlyMap<string, GatewayDevice>,
    { mqttPort, data }: { readonly mqttPort: number; readonly data: string | undefined },
  ) {
    this.boards = boards;
    this.devices = devices;
    this.#mqttPort = mqttPort;
    this.#data = data;
  }

  /** Starts all. @param data directory of the gateway; a new one by default */
  static async start(remote: readonly string[], data?: string): Promise<GatewayPlant> {
    const boards = [ownBoard, ...remote];
    const devices = new Map<string, GatewayDevice>();
    for (const board of boards) devices.set(board, await GatewayDevice.open());
    const plant = new GatewayPlant(boards, devices, { mqttPort: await freePort(), data });
    await plant.startGateway();
    for (const id of remote) {
      await plant.gateway.ask("POST", "/api/v1/boards", { id });
      await plant.startBoard(id);
    }
    return plant;
  }

  get gateway(): RunningGateway {
    if (this.#gateway === undefined) throw new Error("the gateway is not running");
    return this.#gateway;
  }

  /** URL of the gateway's broker. */
  get broker(): string {
    return `mqtt://127.0.0.1:${this.#mqttPort}`;
  }

  device(board: string): GatewayDevice {
    const device = this.devices.get(board);
    if (device === undefined) throw new Error(`there is no board ${board}`);
    return device;
  }

  /** Starts the supervisor, which starts or joins its own board. */
  async startGateway(): Promise<void> {
    const data = this.#gateway?.data ?? this.#data;
    this.#gateway = await RunningGateway.start({
      config: plantConfig(ownBoard, this.device(ownBoard).port),
      args: ["--mqtt-port", `${this.#mqttPort}`],
      ...(data !== undefined && { data }),
    });
  }

  async startBoard(id: string): Promise<void> {
    const data = this.#remote.get(id)?.data;
    const config = plantConfig(id, this.device(id).port, this.broker);
    this.#remote.set(id, await RunningBoard.start({ config, ...(data !== undefined && { data }) }));
  }

  /** Ends a board as a power cut would. The own board is started again by the supervisor, if that runs. */
  async killBoard(id: string): Promise<void> {
    if (id !== ownBoard) {
      await this.#remote.get(id)?.kill();
      return;
    }
    try {
      process.kill(this.gateway.boardPid, "SIGKILL");
    } catch {
      // It is down already.
    }
  }

  async close(): Promise<void> {
    for (const board of this.#remote.values()) await board.clean();
    await this.#gateway?.clean();
    for (const device of this.devices.values()) await device.close();
  }
}
