import { connect, type Socket } from "node:net";

/** A shell in a virtual board, over its second serial port. One command at a time. */
export class ControlShell {
  readonly #socket: Socket;
  #heard = "";
  #count = 0;
  #listener = (): void => {};
  #closed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const end = (): void => {
      this.#closed = true;
      this.#listener();
    };
    socket.setEncoding("latin1").on("data", (text: string) => {
      this.#heard += text;
      this.#listener();
    });
    socket.on("error", end).on("close", end);
  }

  /** Connects to the socket file that QEMU serves the port on. */
  static open(path: string): Promise<ControlShell> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      socket.once("error", reject);
      socket.once("connect", () => resolve(new ControlShell(socket)));
    });
  }

  /** Runs a command line of `sh` to its end. @returns what it printed @throws when it fails, or when the machine ends first */
  run(line: string): Promise<string> {
    this.#count += 1;
    this.#heard = "";
    const marker = new RegExp(`\\n<${this.#count}:(\\d+)>\\n`);
    this.#socket.write(`( ${line} ) </dev/null 2>&1; printf '\\n<%d:%d>\\n' ${this.#count} $?\n`);
    return new Promise((resolve, reject) => {
      this.#listener = () => {
        const end = marker.exec(this.#heard);
        if (end === null && !this.#closed) return;
        this.#listener = () => {};
        const said = this.#heard.slice(0, end?.index);
        if (end?.[1] === "0") resolve(said);
        else reject(new Error(`${line}: ${end === null ? "the machine ended" : `ended with ${end[1]}`}: ${said}`));
      };
      this.#listener();
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}
