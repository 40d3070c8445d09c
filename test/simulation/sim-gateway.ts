import { type Clock, sleep } from "../../shared/base/clock.ts";
import { millis } from "../../shared/base/units.ts";
import type { BoardDescription } from "../../shared/connectors/link/board-description.ts";
import { GatewayEnd } from "../../shared/connectors/link/gateway-end.ts";
import { decodeUpMessage, encodeLinkMessage } from "../../shared/connectors/link/link-codec.ts";
import type { GatewayLinkSettings } from "../../shared/connectors/link/link-settings.ts";
import type { LinkBatch, LinkCommand, LinkStore } from "../../shared/connectors/ports.ts";
import { FakeLog } from "../harness/fake-log.ts";
import { MemoryLinkStore } from "../harness/link-store-memory.ts";
import type { FaultyNetwork } from "./faulty-network.ts";
import { Life, LifeClock } from "./life.ts";
import type { SimVerifier } from "./sim-identity.ts";

const settings: GatewayLinkSettings = { batchRecords: 5, batchBytes: 65_536, waitingBytes: 4096 };

/** A gateway whose store outlives it. */
export class SimGateway {
  readonly store = new MemoryLinkStore(0);
  /** Keeping a batch takes up to so long, ms. */
  slowness = 20;
  /** What a store was asked to do wrong. */
  fault: unknown;
  /** What the board said it has. */
  description: BoardDescription | undefined;
  /** True for the deliberate mistake: appends of any session are taken. */
  readonly #takesAnySession: boolean;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #network: FaultyNetwork;
  readonly #verifier: SimVerifier;
  #life = new Life();
  #end: GatewayEnd | undefined;
  #hear: ((payload: Uint8Array) => void) | undefined;

  constructor(clock: Clock, random: () => number, network: FaultyNetwork, verifier: SimVerifier, takesAnySession: boolean) {
    this.#clock = clock;
    this.#random = random;
    this.#network = network;
    this.#verifier = verifier;
    this.#takesAnySession = takesAnySession;
  }

  get up(): boolean {
    return this.#end !== undefined;
  }

  get phase(): string {
    return this.#end?.link.phase ?? "down";
  }

  async start(): Promise<void> {
    const life = new Life();
    this.#life = life;
    const clock = new LifeClock(life, this.#clock);
    this.store.epoch++;
    let send: (payload: Uint8Array) => void = () => {};
    const store = this.#storeOf(life, clock, this.store.epoch);
    const newChallenge = (): string => Array.from({ length: 32 }, () => Math.floor(this.#random() * 16).toString(16)).join("");
    const identity = { verifier: this.#verifier, newChallenge };
    const end = await GatewayEnd.open({
      board: "board",
      store,
      settings,
      identity,
      send: (payload) => send(payload),
      clock,
      log: new FakeLog(),
    });
    if (!life.alive) return;
    this.#end = end;
    let session = "";
    this.#hear = (payload) => {
      if (!this.#takesAnySession) return end.receive(payload);
      const message = decodeUpMessage(payload);
      if (message.kind === "welcome") session = message.session;
      end.receive(message.kind === "append" && session !== "" ? encodeLinkMessage({ ...message, session }) : payload);
    };
    send = this.#network.joinGateway(this.#hear);
    end.connected();
  }

  /** The broker is back. */
  rejoin(): void {
    if (this.#hear !== undefined) this.#network.joinGateway(this.#hear);
    this.#end?.connected();
  }

  hangUp(): void {
    this.#end?.disconnected();
  }

  crash(): void {
    if (this.#hear !== undefined) this.#network.leaveGateway(this.#hear);
    this.#life.end();
    void this.#end?.close();
    this.#end = undefined;
    this.#hear = undefined;
  }

  order(command: LinkCommand): void {
    this.store.order("board", command);
    this.#end?.issue(command);
  }

  /** The store as one run of the gateway sees it: a batch is kept at once, some time after it was asked for and before that is told. */
  #storeOf(life: Life, clock: Clock, epoch: number): LinkStore {
    const { store } = this;
    const wait = (): Promise<void> => sleep(clock, millis(this.#random() * this.slowness), life.signal);
    return {
      epoch,
      load: async (board) => ({ ...(await store.load(board)), description: this.description?.hash }),
      apply: (board: string, batch: LinkBatch) =>
        life.ask(async () => {
          await wait();
          try {
            store.keep(board, batch);
          } catch (error) {
            this.fault ??= error;
            throw error;
          }
          await wait();
        }),
      markSent: (board, cmdSeqs, origin) =>
        life.ask(async () => {
          await wait();
          await store.markSent(board, cmdSeqs, origin);
          await wait();
        }),
      live: (board, values) => store.live(board, values),
      described: (_board, description) =>
        life.ask(async () => {
          await wait();
          this.description = description;
          await wait();
        }),
    };
  }
}
