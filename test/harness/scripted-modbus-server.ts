import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";

/** One request as it came over TCP, and the means to answer it well or badly. */
export class ScriptedRequest {
  readonly socket: Socket;
  readonly id: number;
  readonly unit: number;
  readonly pdu: readonly number[];

  constructor(socket: Socket, frame: Buffer) {
    this.socket = socket;
    this.id = frame.readUInt16BE(0);
    this.unit = frame.readUInt8(6);
    this.pdu = [...frame.subarray(7)];
  }

  /** A frame that answers this request; what is given in `wrong` differs from what it should be. */
  frame(pdu: readonly number[], wrong: { readonly id?: number; readonly unit?: number; readonly protocol?: number } = {}): Buffer {
    const frame = Buffer.alloc(7 + pdu.length);
    frame.writeUInt16BE(wrong.id ?? this.id, 0);
    frame.writeUInt16BE(wrong.protocol ?? 0, 2);
    frame.writeUInt16BE(pdu.length + 1, 4);
    frame.writeUInt8(wrong.unit ?? this.unit, 6);
    frame.set(pdu, 7);
    return frame;
  }

  reply(pdu: readonly number[], wrong: { readonly id?: number; readonly unit?: number; readonly protocol?: number } = {}): void {
    this.socket.write(this.frame(pdu, wrong));
  }

  /** Answers a register read with the address asked for, in every register: so a reply tells which request it is for. */
  echo(): void {
    this.reply(this.echoPdu());
  }

  echoPdu(): readonly number[] {
    const [code = 0, high = 0, low = 0, , quantity = 0] = this.pdu;
    return [code, quantity * 2, ...Array.from({ length: quantity }, () => [high, low]).flat()];
  }
}

/** A Modbus TCP server that does what the test says: requests wait for the test, or go to a handler. */
export class ScriptedModbusServer {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #requests: ScriptedRequest[] = [];
  readonly #waiting: ((request: ScriptedRequest) => void)[] = [];
  #handler: ((request: ScriptedRequest) => void) | undefined;
  /** Called with each new connection. */
  onConnection: (socket: Socket) => void = () => {};
  /** Connections accepted so far. */
  accepted = 0;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
    server.on("connection", (socket) => this.#accept(socket));
  }

  /** @param port default: any free one */
  static async open(handler?: (request: ScriptedRequest) => void, port = 0): Promise<ScriptedModbusServer> {
    const server = createServer({ noDelay: true });
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const scripted = new ScriptedModbusServer(server, address.port);
    scripted.#handler = handler;
    return scripted;
  }

  /** The next request that nobody has taken yet. */
  next(): Promise<ScriptedRequest> {
    const request = this.#requests.shift();
    return request === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(request);
  }

  async take(count: number): Promise<readonly ScriptedRequest[]> {
    const taken: ScriptedRequest[] = [];
    while (taken.length < count) taken.push(await this.next());
    return taken;
  }

  /** Requests that came and were not taken. */
  get untaken(): number {
    return this.#requests.length;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(socket: Socket): void {
    this.accepted++;
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
    let rest = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 6 && rest.length >= 6 + rest.readUInt16BE(4)) {
        const length = 6 + rest.readUInt16BE(4);
        this.#came(new ScriptedRequest(socket, rest.subarray(0, length)));
        rest = rest.subarray(length);
      }
    });
    this.onConnection(socket);
  }

  #came(request: ScriptedRequest): void {
    if (this.#handler !== undefined) this.#handler(request);
    else {
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.#requests.push(request);
      else waiting(request);
    }
  }
}
