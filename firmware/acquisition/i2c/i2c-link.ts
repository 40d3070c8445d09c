import { BusDown, BusStuck, type I2cError, type I2cPlace } from "../../../shared/acquisition/i2c/i2c-errors.ts";
import { firstLinkState, type LinkEvent, type LinkState, mayWaitForLink, nextLinkState } from "../../../shared/acquisition/link-state.ts";
import { type BackoffRange, backoffDelay } from "../../../shared/base/backoff.ts";
import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { I2cHandle, OpenI2c } from "./i2c-handle.ts";
import { openFailure } from "./transfer-fault.ts";

/** Why a bus does not work. */
export interface Outage {
  /** False: it cannot be opened. */
  readonly stuck: boolean;
  readonly what: string;
  readonly cause?: unknown;
}

export interface I2cLinkParts {
  readonly id: string;
  readonly device: string;
  readonly open: OpenI2c;
  readonly reopen: BackoffRange;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  /** The device is open and nobody uses it. */
  readonly ready: () => void;
  /** The bus does not work: what waits is to be refused. */
  readonly lost: () => void;
}

/**
 * Keeps the device of one bus open, by the steps of {LinkState}: opens it, opens it again after a growing wait when the bus turned out not to
 * work, and never closes it while it is in use.
 */
export class I2cLink {
  readonly #parts: I2cLinkParts;
  #state: LinkState = firstLinkState;
  #handle: I2cHandle | undefined;
  #inUse = false;
  #outage: Outage = { stuck: false, what: "not opened yet" };
  #disarmRetry: Disarm = () => {};
  #told = false;
  opens = 0;
  outages = 0;
  /** After {@link close}: resolves when the device is closed, unless it is in use. */
  closed: Promise<void> = Promise.resolve();

  /** Starts to open the device. */
  constructor(parts: I2cLinkParts) {
    this.#parts = parts;
    void this.#dial();
  }

  /** True unless the bus is not open, or did not work when it was last used. */
  get up(): boolean {
    return this.#state.name === "up" && (this.#state.proven || this.#state.failures === 0);
  }

  /** True while a transfer has a chance, now or when the device is open. */
  get worthWaiting(): boolean {
    return this.#state.name === "up" || mayWaitForLink(this.#state);
  }

  /** The open device, when nobody uses it. */
  get idle(): I2cHandle | undefined {
    return this.#state.name === "up" && !this.#inUse ? this.#handle : undefined;
  }

  /** The error for a transfer while the bus does not work. */
  refusal(place: I2cPlace, { stuck, what, cause } = this.#outage): I2cError {
    return stuck ? new BusStuck(place, what, { cause }) : new BusDown(place, what, { cause });
  }

  /** Takes the device into use: until {@link free} it stays open. */
  use(): void {
    this.#inUse = true;
  }

  free(): void {
    this.#inUse = false;
    this.#proceed();
  }

  /** Something came over the bus, be it that nobody acknowledged. */
  works(): void {
    this.#step("proven");
    if (!this.#told || !this.up) return;
    this.#told = false;
    this.#parts.log.info({ bus: this.#parts.id, device: this.#parts.device }, "bus works again");
  }

  /** The bus works, but the device has to be opened anew when it is free. */
  renew(): void {
    this.works();
    this.#step("silent");
  }

  /** The bus does not work. */
  lose(outage: Outage): void {
    if (!this.#step("lost")) return;
    this.#outage = outage;
    this.#report(outage);
    this.#parts.lost();
    this.#proceed();
  }

  /** Opens no more; closes the device as soon as it is free. */
  close(): void {
    if (!this.#step("closed")) return;
    this.#disarmRetry();
    this.#outage = { stuck: false, what: "closed" };
    this.#parts.lost();
    this.#proceed();
  }

  #proceed(): void {
    if (this.#inUse) return;
    switch (this.#state.name) {
      case "up":
        this.#parts.ready();
        break;
      case "connecting":
        void this.#dial();
        break;
      case "waiting":
        this.#wait(this.#state.failures);
        break;
      case "closed":
        this.closed = this.#release();
    }
  }

  #wait(failures: number): void {
    const { clock, random, reopen } = this.#parts;
    this.#disarmRetry();
    this.#disarmRetry = clock.after(backoffDelay(reopen, failures, random), () => {
      if (this.#step("due")) void this.#dial();
    });
  }

  async #dial(): Promise<void> {
    const { device, open } = this.#parts;
    await this.#release();
    try {
      const handle = await open(device);
      this.opens++;
      this.#handle = handle;
      this.#step("connected");
      this.#proceed();
    } catch (error) {
      this.lose({ stuck: false, what: openFailure(device, error), cause: error });
    }
  }

  async #release(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close().catch((error: unknown) => {
      this.#parts.log.debug({ bus: this.#parts.id, error: String(error) }, "the bus could not be closed");
    });
  }

  /** One warning for each outage. */
  #report({ stuck, what }: Outage): void {
    const { id, device, log } = this.#parts;
    const fields = { bus: id, device, reason: what };
    if (this.#told) log.debug(fields, "bus still does not work");
    else {
      log.warn(fields, stuck ? "bus is stuck; it is tried again" : "bus is down; it is tried again");
      this.outages++;
    }
    this.#told = true;
  }

  /** True when the event changed the state. */
  #step(event: LinkEvent): boolean {
    const before = this.#state;
    this.#state = nextLinkState(before, event);
    return this.#state !== before;
  }
}
