import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";
import { connect, type MqttClient } from "mqtt";
import type { PenstockConfig } from "../../shared/console/penstock-config.ts";
import { ControlShell } from "../lab/control-shell.ts";
import { type Credentials, makeCredentials } from "../lab/credentials.ts";
import { makeDataDisk } from "../lab/data-disk.ts";
import { makeInitrd } from "../lab/initrd.ts";
import { fetchKernel } from "../lab/kernel.ts";
import type { SystemDisk } from "../lab/system-disk.ts";
import { freePort } from "./free-port.ts";
import type { StubChip } from "./i2c-stub-chips.ts";

export interface VirtualBoardOptions {
  /** The board's configuration; where it listens is added. */
  readonly config: PenstockConfig;
  /** What it starts from; machines can share it. */
  readonly system: SystemDisk;
  /** Flags of Node; default: those that the bundle has for the board that the configuration names. */
  readonly flags?: readonly string[];
  /** Environment variables of the board's program. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Memory of the machine, MiB, of which the kernel takes 46; default 128. */
  readonly memory?: number;
  /** Size of the data disk, MiB; default 64. */
  readonly disk?: number;
  /** A machine without a network interface is reached by its shell only; default true. */
  readonly network?: boolean;
  /** What the machine's clock says at power-on, as ISO 8601 without a zone; default: the time it is. */
  readonly clock?: string;
  /** What the registers of the chips on the I2C bus hold at power-on. */
  readonly chips?: readonly StubChip[];
  /** The machine reaches the loopback interface of the one it runs on, as 10.0.2.2; default false. */
  readonly reachesHost?: boolean;
}

export interface ClientOptions {
  readonly clientId?: string;
  /** False keeps the session for the next time; default true. */
  readonly clean?: boolean;
}

/** What is made for a machine before it boots. */
interface Machine {
  readonly folder: string;
  readonly credentials: Credentials;
  readonly arguments: readonly string[];
  readonly mqttPort: number;
  readonly healthPort: number;
}

type Qemu = ChildProcessByStdio<null, Readable, Readable>;

const broker = 8883;
const health = 9464;
/** Booting takes 6 s on an idle machine. */
const bootTime = 90_000;
const serveTime = 90_000;
/** Checking a password takes a second of the emulated processor. */
const connectTime = 60_000;
const stopTime = 20_000;
const tailLength = 3000;

/**
 * A machine that a board runs on as built: Debian's kernel under software emulation, with a USB serial pair whose other end is a Modbus RTU unit,
 * an I2C bus with two chips, a hardware watchdog, a system disk and a data disk that outlives power cuts. Its broker (TLS, accounts) and
 * `/health` are reached over 127.0.0.1.
 */
export class VirtualBoard implements AsyncDisposable {
  readonly #machine: Machine;
  #qemu: Qemu | undefined;
  #shell: ControlShell | undefined;
  #heard = (): void => {};
  /** Where on the console the last start of the machine begins. */
  #begin = 0;
  /** What the machine has printed on its console since power-on. */
  console = "";

  private constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** Makes a machine with an empty data disk; it is switched off. */
  static async create(options: VirtualBoardOptions): Promise<VirtualBoard> {
    const folder = await mkdtemp(path.join(tmpdir(), "penstock-lab-"));
    try {
      return new VirtualBoard(await build(options, folder));
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** URL of `/health` and `/metrics`. */
  get health(): string {
    return `http://127.0.0.1:${this.#machine.healthPort}`;
  }

  /** Process id of the emulator. */
  get pid(): number {
    return this.#qemu?.pid ?? 0;
  }

  /** Arguments with which mosquitto's clients reach the broker. */
  get mosquittoArguments(): readonly string[] {
    const { folder, mqttPort, credentials } = this.#machine;
    const where = ["-h", "127.0.0.1", "-p", String(mqttPort), "--cafile", path.join(folder, "certificate")];
    return [...where, "-u", credentials.name, "-P", credentials.password];
  }

  /** A client of the board's broker. @param listener hears all messages, those too that come right behind the connection */
  async connect(options: ClientOptions = {}, listener: (topic: string, payload: string) => void = () => {}): Promise<MqttClient> {
    const { mqttPort, credentials } = this.#machine;
    const client = connect(`mqtts://127.0.0.1:${mqttPort}`, {
      ca: credentials.certificate,
      username: credentials.name,
      password: credentials.password,
      reconnectPeriod: 0,
      connectTimeout: connectTime,
      ...options,
    });
    client.on("message", (topic, payload) => listener(topic, payload.toString()));
    client.on("error", () => {});
    await new Promise<void>((resolve, reject) => {
      client.once("connect", () => resolve());
      client.once("error", reject);
      client.once("close", () => reject(new Error(`the broker let nobody in; the console ends with:\n${this.#tail()}`)));
    });
    return client;
  }

  /** Switches the machine on and waits until it is up. The board's program starts then; see `serving`. */
  async boot(): Promise<void> {
    if (this.#qemu !== undefined) throw new Error("the machine is on already");
    this.console = "";
    this.#begin = 0;
    // A machine never outlives the tests, however those end.
    const program = ["--pdeathsig", "KILL", "qemu-system-x86_64"];
    const qemu = spawn("setpriv", [...program, ...this.#machine.arguments], { stdio: ["ignore", "pipe", "pipe"] });
    this.#qemu = qemu;
    for (const stream of [qemu.stdout, qemu.stderr])
      stream.setEncoding("latin1").on("data", (text: string) => {
        this.console += text.replaceAll("\r", "");
        this.#heard();
      });
    qemu.once("exit", () => {
      if (this.#qemu === qemu) this.#qemu = undefined;
      this.#heard();
    });
    await once(qemu, "spawn");
    await this.says(/LAB up after/, bootTime);
    this.#shell = await ControlShell.open(path.join(this.#machine.folder, "shell"));
  }

  /** Waits until the board's program serves. */
  async serving(): Promise<void> {
    await this.says(/the board serves|LAB the board ended/, serveTime);
    if (!this.#sinceStart().includes("the board serves")) throw new Error(`the board ended; the console ends with:\n${this.#tail()}`);
  }

  /** Waits until the machine has started again by itself, as its watchdog makes it. */
  async restarts(): Promise<void> {
    this.#begin = this.console.length;
    await this.says(/LAB up after/, bootTime);
  }

  /** Waits until the console has shown what fits since the machine started. @throws an error with the end of the console when the time is over or the machine ends */
  async says(pattern: RegExp, within = 60_000): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      const fail = (reason: string) => reject(new Error(`${reason} before its console showed ${pattern}; it ends with:\n${this.#tail()}`));
      timer = setTimeout(() => fail(`${within} ms passed`), within);
      this.#heard = () => {
        if (pattern.test(this.#sinceStart())) resolve();
        else if (this.#qemu === undefined) fail("the machine ended");
      };
      this.#heard();
    }).finally(() => {
      clearTimeout(timer);
      this.#heard = () => {};
    });
  }

  /** Runs a line of `sh` in the machine. @returns what it printed @throws when it fails or takes too long */
  async run(line: string, within = 60_000): Promise<string> {
    if (this.#shell === undefined) throw new Error("the machine is off");
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`${line}: not done within ${within} ms; the console ends with:\n${this.#tail()}`)), within);
    });
    try {
      return await Promise.race([this.#shell.run(line), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the machine as a power cut does: what its kernel had not written is gone. The disks stay. */
  async powerCut(): Promise<void> {
    this.#shell?.close();
    this.#shell = undefined;
    const qemu = this.#qemu;
    if (qemu === undefined) return;
    const exited = once(qemu, "exit");
    qemu.kill("SIGKILL");
    await exited;
  }

  /** Ends the board's program as an operator would, then the machine. */
  async stop(): Promise<void> {
    const qemu = this.#qemu;
    if (qemu === undefined) return;
    const exited = once(qemu, "exit");
    // The machine ends before the shell can say so.
    await this.run(
      "touch /tmp/stopping; kill $(pidof node); while pidof node; do sleep 1; done; umount /data; poweroff -f; sleep 60",
    ).catch(() => {});
    const late = setTimeout(() => qemu.kill("SIGKILL"), stopTime);
    await exited;
    clearTimeout(late);
    await this.powerCut();
  }

  /** Switches the machine off and removes what it left. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.powerCut();
    await rm(this.#machine.folder, { recursive: true, force: true });
  }

  #sinceStart(): string {
    return this.console.slice(this.#begin);
  }

  #tail(): string {
    return this.console.slice(-tailLength);
  }
}

async function build(options: VirtualBoardOptions, folder: string): Promise<Machine> {
  const kernel = await fetchKernel();
  const initrd = await makeInitrd(kernel);
  const credentials = await makeCredentials();
  const [mqttPort, healthPort] = [await freePort(), await freePort()];
  const data = path.join(folder, "data.img");
  await makeDataDisk({ image: data, mebibytes: options.disk ?? 64, files: { ...dataFiles(options, credentials) } });
  await writeFile(path.join(folder, "certificate"), credentials.certificate);
  const args = qemuArguments(options, {
    kernel: kernel.image,
    initrd,
    system: options.system.image,
    data,
    shell: path.join(folder, "shell"),
    mqttPort,
    healthPort,
  });
  return { folder, credentials, arguments: args, mqttPort, healthPort };
}

function dataFiles(
  { config, flags, chips, environment }: VirtualBoardOptions,
  { certificate, key, accounts }: Credentials,
): Record<string, string> {
  const listener = { protocol: "mqtts", host: "0.0.0.0", port: broker, certificate: "server.crt", key: "server.key" } as const;
  const whole: PenstockConfig = {
    ...config,
    broker: { ...config.broker, listeners: [listener], accounts: "accounts.json" },
    health: { host: "0.0.0.0", port: health },
  };
  const start = [
    ...Object.entries(environment ?? {}).map(([name, value]) => `export ${name}="${value}"`),
    ...(flags === undefined ? [] : [`export PENSTOCK_NODE_FLAGS="${flags.join(" ")}"`]),
    "exec /opt/penstock/penstock-board --data /data/penstock --config /data/config/penstock.json",
  ];
  const registers = (chips ?? []).flatMap((chip) =>
    chip.registers.map(
      ([register, value]) => `i2cset -y 0 ${[chip.address, register, value].map((number) => `0x${number.toString(16)}`).join(" ")} b`,
    ),
  );
  return {
    "config/penstock.json": JSON.stringify(whole),
    "config/accounts.json": accounts,
    "config/server.crt": certificate,
    "config/server.key": key,
    "lab/board.sh": `${start.join("\n")}\n`,
    "lab/chips.sh": `${registers.join("\n")}\n`,
  };
}

interface MachineFiles {
  readonly kernel: string;
  readonly initrd: string;
  readonly system: string;
  readonly data: string;
  readonly shell: string;
  readonly mqttPort: number;
  readonly healthPort: number;
}

function qemuArguments({ memory, network, clock, reachesHost }: VirtualBoardOptions, files: MachineFiles): readonly string[] {
  const forward = (from: number, to: number) => `hostfwd=tcp:127.0.0.1:${from}-:${to}`;
  return [
    ...["-accel", "tcg", "-m", String(memory ?? 128), "-nodefaults", "-no-user-config", "-display", "none"],
    ...["-kernel", files.kernel, "-initrd", files.initrd, "-append", "console=ttyS0 quiet panic=-1 mitigations=off nokaslr"],
    ...["-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"],
    ...["-chardev", `socket,id=shell,path=${files.shell},server=on,wait=off`, "-serial", "chardev:shell"],
    ...["-drive", `file=${files.system},format=raw,if=virtio,readonly=on`],
    // The disk keeps what the machine's kernel has sent to it: a power cut takes the kernel's own cache.
    ...["-drive", `file=${files.data},format=raw,if=virtio,cache=writeback`],
    ...["-device", "i6300esb"],
    ...(clock === undefined ? [] : ["-rtc", `base=${clock}`]),
    ...(network === false
      ? []
      : [
          "-netdev",
          `user,id=network,restrict=${reachesHost === true ? "off" : "on"},${forward(files.mqttPort, broker)},${forward(files.healthPort, health)}`,
          ...["-device", "virtio-net-pci,netdev=network,romfile="],
        ]),
  ];
}
