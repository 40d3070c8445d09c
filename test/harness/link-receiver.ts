import { SubCoordinator } from "../../host/broker/coordinator/sub-coordinator.ts";
import { MqttBoardTransport } from "../../host/broker/transport/board-transport-mqtt.ts";
import { NodeClock } from "../../host/platform/clock-node.ts";
import type { Clock } from "../../shared/base/clock.ts";
import type { Log } from "../../shared/base/log.ts";
import { defaultGatewayLink, type GatewayLinkSettings } from "../../shared/connectors/link/link-settings.ts";
import type { LinkCommand, LinkStore } from "../../shared/connectors/ports.ts";

export interface LinkReceiverParts {
  readonly url: string;
  readonly store: LinkStore;
  readonly log: Log;
  readonly clock?: Clock;
  readonly settings?: GatewayLinkSettings;
  /** Boards that are called at once; others when they announce themselves. */
  readonly boards?: readonly string[];
  /** Somebody looks at newest values; default true. */
  readonly watched?: boolean;
}

/** The gateway's links to boards over a real broker, for tests of boards: takes in whoever comes, and keeps what comes in any store. */
export class LinkReceiver implements AsyncDisposable {
  readonly #parts: LinkReceiverParts;
  readonly #transport: MqttBoardTransport;
  readonly #subs = new Map<string, SubCoordinator>();

  private constructor(parts: LinkReceiverParts) {
    const { url, log, clock = new NodeClock() } = parts;
    this.#parts = { ...parts, clock };
    this.#transport = new MqttBoardTransport({ url: () => url, clock, log, random: Math.random });
  }

  /** Resolves when it is connected. */
  static async open(parts: LinkReceiverParts): Promise<LinkReceiver> {
    const receiver = new LinkReceiver(parts);
    await new Promise<void>((resolve) => {
      receiver.#transport.listen({
        up: () => {
          for (const board of parts.boards ?? []) receiver.#sub(board);
          for (const sub of receiver.#subs.values()) sub.up();
          resolve();
        },
        down: (reason) => {
          for (const sub of receiver.#subs.values()) sub.down(reason);
        },
        message: (board, payload) => receiver.#sub(board).receive(payload),
        data: () => {},
      });
    });
    return receiver;
  }

  /** Sends a command that the store has. */
  issue(board: string, command: LinkCommand): void {
    this.#sub(board).issue(command);
  }

  async close(): Promise<void> {
    await this.#transport.close();
    for (const sub of this.#subs.values()) await sub.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #sub(board: string): SubCoordinator {
    const known = this.#subs.get(board);
    if (known !== undefined) return known;
    const { store, log, settings = defaultGatewayLink, clock = new NodeClock() } = this.#parts;
    const sub = new SubCoordinator({
      board,
      store,
      settings,
      verifier: undefined,
      send: (payload) => this.#transport.send(board, payload),
      clock,
      log,
      tell: () => {},
      changed: () => {},
      opened: () => {},
    });
    this.#subs.set(board, sub);
    sub.watch(this.#parts.watched ?? true);
    if (this.#transport.connected) sub.up();
    return sub;
  }
}
