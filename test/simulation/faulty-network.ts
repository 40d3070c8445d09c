import type { Clock } from "../../shared/base/clock.ts";
import { millis } from "../../shared/base/units.ts";
import type { LinkTransport } from "../../shared/connectors/link/board-end.ts";
import { decodeUpMessage } from "../../shared/connectors/link/link-codec.ts";
import { Forger } from "./sim-identity.ts";

export interface NetworkFaults {
  /** Chances in [0, 1] that a message is lost, or comes twice. */
  loss: number;
  twice: number;
  /** A message takes up to so long, ms: those behind may overtake it. */
  delay: number;
  /** Chance that it takes up to half a minute, and whether that is so for appends only. */
  straggle: number;
  onlyAppends: boolean;
  /** Chance that somebody else answers what the gateway says, before the board does. */
  forged: number;
}

/** A broker with a network on both sides that loses, repeats and reorders. */
export class FaultyNetwork {
  readonly faults: NetworkFaults;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #forger = new Forger();
  /** Counts the lives of the broker: what is on its way when it ends is lost. */
  #life = 0;
  #board: ((payload: Uint8Array) => void) | undefined;
  #gateways: ((payload: Uint8Array) => void)[] = [];
  messages = 0;

  constructor(clock: Clock, random: () => number, faults: NetworkFaults) {
    this.#clock = clock;
    this.#random = random;
    this.faults = faults;
  }

  /** The broker goes down: nobody hears anybody. */
  cut(): void {
    this.#life++;
    this.#board = undefined;
    this.#gateways = [];
  }

  joinBoard(receive: (payload: Uint8Array) => void): LinkTransport {
    this.#board = receive;
    const life = this.#life;
    return {
      send: (payload) =>
        new Promise((resolve, reject) => {
          if (life !== this.#life) reject(new Error("the connection has ended"));
          const copy = payload.slice();
          this.#carry(() => {
            for (const hear of this.#gateways) hear(copy);
          }, decodeUpMessage(payload).kind === "append");
          this.#clock.after(millis(this.#random() * this.faults.delay), () =>
            life === this.#life ? resolve() : reject(new Error("the connection has ended")),
          );
        }),
    };
  }

  leaveBoard(): void {
    this.#board = undefined;
  }

  joinGateway(receive: (payload: Uint8Array) => void): (payload: Uint8Array) => void {
    this.#gateways.push(receive);
    return (payload) => {
      const copy = payload.slice();
      const forged = this.faults.forged > 0 && this.#random() < this.faults.forged ? this.#forger.answer(copy) : undefined;
      if (forged !== undefined) this.#carry(() => receive(forged));
      this.#carry(() => this.#board?.(copy));
    };
  }

  leaveGateway(receive: (payload: Uint8Array) => void): void {
    this.#gateways = this.#gateways.filter((one) => one !== receive);
  }

  #carry(deliver: () => void, isAppend = false): void {
    const life = this.#life;
    this.messages++;
    const straggle = this.faults.onlyAppends && !isAppend ? 0 : this.faults.straggle;
    const copies = (this.#random() < this.faults.loss ? 0 : 1) + (this.#random() < this.faults.twice ? 1 : 0);
    for (let copy = 0; copy < copies; copy++) {
      const longest = this.#random() < straggle ? 30_000 : this.faults.delay;
      this.#clock.after(millis(this.#random() * longest), () => {
        if (life === this.#life) deliver();
      });
    }
  }
}
