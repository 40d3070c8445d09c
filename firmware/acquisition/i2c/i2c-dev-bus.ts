import {
  AddressTaken,
  BusBusy,
  BusNoAnswer,
  BusUnable,
  type I2cError,
  TransferFailed,
} from "../../../shared/acquisition/i2c/i2c-errors.ts";
import type { I2cBus } from "../../../shared/acquisition/ports.ts";
import type { BackoffRange } from "../../../shared/base/backoff.ts";
import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { Metric } from "../../../shared/base/metric.ts";
import { Stopped, type StopSignal } from "../../../shared/base/stop-signal.ts";
import { type Millis, millis } from "../../../shared/base/units.ts";
import { BusCounters } from "./bus-counters.ts";
import type { I2cHandle, OpenI2c } from "./i2c-handle.ts";
import { I2cLink, type Outage } from "./i2c-link.ts";
import { PendingTransfer, type TransferRequest } from "./pending-transfer.ts";
import { errnoOf, openFailure, transferFault } from "./transfer-fault.ts";
import type { TransferSlots } from "./transfer-slots.ts";

export interface I2cDevBusParts {
  /** Id of the bus: names it in metrics, errors and logs. */
  readonly id: string;
  /** Path of the device. */
  readonly device: string;
  /** Longest transfer until the bus counts as stuck. */
  readonly timeout: Millis;
  readonly open: OpenI2c;
  /** Shared by all buses of the process. */
  readonly slots: TransferSlots;
  /** How many transfers may wait; default 256. */
  readonly queueBound?: number;
  /** How long to wait until a bus that is down or stuck is tried again; default 1 to 60 s. */
  readonly reopen?: BackoffRange;
  readonly clock: Clock;
  readonly log: Log;
  /** Gives a number in [0, 1). */
  readonly random: () => number;
}

/** So many transfers in a row that break off mean that the bus is stuck, whichever chips they were for. */
const troubleLimit = 3;

/**
 * An I2C bus of Linux. One transfer at a time, the others wait in a bounded queue. A bus that is stuck or gone refuses at once, so that polls
 * never pile up, and is opened again after a growing wait; the first transfer after that shows whether it works. Freeing a wire that a chip
 * holds low, by nine clock pulses (UM10204 §3.1.16), is the adapter driver's part: the kernel does it where the driver can, when a transfer
 * finds the bus busy; a program cannot ask for it.
 */
export class I2cDevBus implements I2cBus, AsyncDisposable {
  readonly id: string;
  readonly #parts: I2cDevBusParts;
  readonly #counters = new BusCounters();
  readonly #link: I2cLink;
  #queue: PendingTransfer[] = [];
  /** Resolves when no transfer is with the kernel any more. */
  #running: Promise<void> = Promise.resolve();
  /** Transfers in a row that broke off. */
  #trouble = 0;

  private constructor(parts: I2cDevBusParts) {
    this.id = parts.id;
    this.#parts = parts;
    this.#link = new I2cLink({
      ...parts,
      reopen: parts.reopen ?? { initial: millis(1000), max: millis(60_000) },
      ready: () => this.#pump(),
      lost: () => this.#refuseAll(),
    });
  }

  /** Gives the bus at once; it is opened in the background. */
  static open(parts: I2cDevBusParts): I2cDevBus {
    return new I2cDevBus(parts);
  }

  get up(): boolean {
    return this.#link.up;
  }

  readBlock(address: number, register: number, length: number, stop: StopSignal): Promise<Uint8Array> {
    const work = (handle: I2cHandle): Promise<Uint8Array> => handle.readBlock(address, register, length);
    return this.#transfer({ address, needs: "readBlock", name: "SMBus I2C block reads", work }, stop);
  }

  async writeBlock(address: number, register: number, bytes: Uint8Array, stop: StopSignal): Promise<void> {
    const work = (handle: I2cHandle): Promise<void> => handle.writeBlock(address, register, bytes);
    await this.#transfer({ address, needs: "writeBlock", name: "SMBus I2C block writes", work }, stop);
  }

  read(address: number, length: number, stop: StopSignal): Promise<Uint8Array> {
    const work = (handle: I2cHandle): Promise<Uint8Array> => handle.read(address, length);
    return this.#transfer({ address, needs: "messages", name: "plain I2C messages", work }, stop);
  }

  async write(address: number, bytes: Uint8Array, stop: StopSignal): Promise<void> {
    const work = (handle: I2cHandle): Promise<void> => handle.write(address, bytes);
    await this.#transfer({ address, needs: "messages", name: "plain I2C messages", work }, stop);
  }

  metrics(): readonly Metric[] {
    return this.#counters.metrics({ bus: this.id, up: this.up, queued: this.#queue.length, link: this.#link });
  }

  /** Refuses what waits, and waits for the transfer under way, but not for ever: the kernel may not give it back. */
  async close(): Promise<void> {
    this.#link.close();
    let disarm: Disarm = () => {};
    const patience = new Promise<void>((resolve) => {
      disarm = this.#parts.clock.after(this.#parts.timeout, resolve);
    });
    await Promise.race([this.#running, patience]);
    disarm();
    await this.#link.closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #transfer(request: TransferRequest, stop: StopSignal): Promise<Uint8Array> {
    if (stop.aborted) return Promise.reject(new Stopped());
    const transfer = new PendingTransfer(this.id, request, stop, () => {
      this.#queue = this.#queue.filter(({ open }) => open);
    });
    if (!this.#link.worthWaiting) this.#fail(transfer, this.#link.refusal(transfer.place));
    else if (this.#queue.length >= (this.#parts.queueBound ?? 256)) {
      this.#counters.overflows++;
      this.#fail(transfer, new BusBusy(transfer.place, this.#queue.length));
    } else {
      this.#queue.push(transfer);
      this.#pump();
    }
    return transfer.result;
  }

  #pump(): void {
    const handle = this.#link.idle;
    const next = handle === undefined ? undefined : this.#queue.shift();
    if (handle === undefined || next === undefined) return;
    const { needs, name } = next.request;
    if (!handle.abilities[needs]) {
      this.#fail(next, new BusUnable(next.place, name));
      this.#pump();
      return;
    }
    this.#link.use();
    this.#running = this.#run(next, handle).finally(() => this.#link.free());
  }

  async #run(transfer: PendingTransfer, handle: I2cHandle): Promise<void> {
    const { clock, slots, timeout } = this.#parts;
    let begun: Millis | undefined;
    const disarm = clock.after(timeout, () => {
      if (begun !== undefined) this.#lose({ stuck: true, what: `a transfer does not end within ${timeout} ms` }, transfer);
      else this.#fail(transfer, new TransferFailed(transfer.place, `no thread is free within ${timeout} ms; other buses hold them all`));
    });
    await slots.take(this.#trouble > 0 || !this.up);
    try {
      if (!transfer.open) return;
      begun = clock.monotonic();
      this.#counters.transfer(transfer.request.address);
      const bytes = await transfer.request.work(handle);
      this.#trouble = 0;
      this.#link.works();
      transfer.succeed(bytes);
    } catch (error) {
      this.#failed(transfer, error);
    } finally {
      disarm();
      slots.give();
      if (begun !== undefined) this.#counters.busy += (clock.monotonic() - begun) / 1000;
    }
  }

  #failed(transfer: PendingTransfer, error: unknown): void {
    const { place } = transfer;
    const cause = { cause: error };
    const what = error instanceof Error ? error.message : String(error);
    const fault = transferFault(error);
    this.#trouble = fault === "trouble" ? this.#trouble + 1 : 0;
    switch (fault) {
      case "no-answer":
        // Not the chip but the adapter may be gone; opening it anew tells.
        if (errnoOf(error) === "ENODEV") this.#link.renew();
        else this.#link.works();
        this.#fail(transfer, new BusNoAnswer(place, cause));
        break;
      case "taken":
        // The package has opened the device for this address and would go on to use it without one: it has to be opened anew.
        this.#link.renew();
        this.#fail(transfer, new AddressTaken(place, cause));
        break;
      case "unable":
        this.#fail(transfer, new BusUnable(place, transfer.request.name, cause));
        break;
      case "gone":
        this.#lose({ stuck: false, what: openFailure(this.#parts.device, error), ...cause }, transfer);
        break;
      case "trouble":
        if (this.#trouble >= troubleLimit || !this.up) this.#lose({ stuck: true, what, ...cause }, transfer);
        else this.#fail(transfer, new TransferFailed(place, what, cause));
    }
  }

  #lose(outage: Outage, transfer: PendingTransfer): void {
    this.#fail(transfer, this.#link.refusal(transfer.place, outage));
    this.#trouble = 0;
    this.#link.lose(outage);
  }

  #fail(transfer: PendingTransfer, error: I2cError): void {
    if (!transfer.open) return;
    this.#counters.error(transfer.request.address, error.code);
    transfer.fail(error);
  }

  #refuseAll(): void {
    const waiting = this.#queue;
    this.#queue = [];
    for (const transfer of waiting) this.#fail(transfer, this.#link.refusal(transfer.place));
  }
}
