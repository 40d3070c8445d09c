import { ScriptedModbusServer, type ScriptedRequest } from "./scripted-modbus-server.ts";

/** Register that commands write to, and the one that desired values go to. */
export const commandRegister = 100;
export const wishRegister = 101;

/** A Modbus unit whose measured registers change with every read, and that counts each write. */
export class GatewayDevice {
  readonly #server: ScriptedModbusServer;
  /** What was written to the register for commands, in order. */
  readonly commands: number[] = [];
  #reads = 0;
  #wish = 0;
  #command = 0;

  private constructor(server: ScriptedModbusServer) {
    this.#server = server;
  }

  static async open(): Promise<GatewayDevice> {
    let device: GatewayDevice | undefined;
    const server = await ScriptedModbusServer.open((request) => device?.answer(request));
    device = new GatewayDevice(server);
    return device;
  }

  get port(): number {
    return this.#server.port;
  }

  /** Reads so far. */
  get reads(): number {
    return this.#reads;
  }

  answer(request: ScriptedRequest): void {
    const [code = 0, high = 0, low = 0, third = 0, fourth = 0] = request.pdu;
    const address = high * 256 + low;
    const value = third * 256 + fourth;
    if (code === 6) {
      if (address === commandRegister) {
        this.#command = value;
        this.commands.push(value);
      } else this.#wish = value;
      request.reply(request.pdu);
      return;
    }
    this.#reads += 1;
    const registers = Array.from({ length: value }, (_, at) => this.#register(address + at));
    request.reply([code, value * 2, ...registers.flatMap((register) => [register >> 8, register & 255])]);
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  #register(address: number): number {
    if (address === commandRegister) return this.#command;
    if (address === wishRegister) return this.#wish;
    return (this.#reads + address) & 0xffff;
  }
}
