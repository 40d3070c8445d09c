import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The process that plays many Modbus units, for benches. */
export class FarmProcess {
  readonly #child: ChildProcess;
  readonly port: number;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  /** @param values `still`: registers that nobody writes to never change */
  static async start(values: "moving" | "still" = "moving"): Promise<FarmProcess> {
    const child = fork(fileURLToPath(new URL("./modbus-farm.ts", import.meta.url)), [values], {
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    });
    const [line] = await once(child.stdout ?? child, "data");
    return new FarmProcess(child, Number(String(line).trim()));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async stop(): Promise<void> {
    this.#child.kill("SIGKILL");
    await once(this.#child, "exit");
  }
}
