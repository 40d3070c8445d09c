import path from "node:path";
import { BoardRegistry } from "../../host/broker/coordinator/board-registry.ts";
import { Coordinator } from "../../host/broker/coordinator/coordinator.ts";
import { LiveReadings } from "../../host/broker/feed/live-readings.ts";
import { GatewayLinkStore } from "../../host/broker/link-store/gateway-link-store.ts";
import { MqttBoardTransport } from "../../host/broker/transport/board-transport-mqtt.ts";
import { NodeClock } from "../../host/platform/clock-node.ts";
import { MemoryGatewayStore } from "../../host/twin/store/memory-gateway-store.ts";
import type { Access, Actor } from "../../shared/twin/access/access-ports.ts";
import type { GatewayStore } from "../../shared/twin/store-ports.ts";
import { FakeLog } from "./fake-log.ts";
import { ScratchDirectory } from "./scratch-directory.ts";

const system: Actor = { id: "system", type: "system", via: "system" };
const everything: Access = { allows: () => true, refusal: () => undefined, everywhere: () => true, rolesOf: () => [] };

/** The coordinator of another gateway, on a store of its own, that takes boards over by the broker that they use. */
export class GatewayRival implements AsyncDisposable {
  readonly store: GatewayStore;
  readonly coordinator: Coordinator;
  readonly registry: BoardRegistry;
  readonly links: GatewayLinkStore;
  readonly #opened: AsyncDisposableStack;

  private constructor(
    parts: { store: GatewayStore; coordinator: Coordinator; registry: BoardRegistry; links: GatewayLinkStore },
    opened: AsyncDisposableStack,
  ) {
    this.store = parts.store;
    this.coordinator = parts.coordinator;
    this.registry = parts.registry;
    this.links = parts.links;
    this.#opened = opened;
  }

  /** @param broker URL @param epoch it begins with the one behind */
  static async open(broker: string, epoch: number, boards: readonly string[]): Promise<GatewayRival> {
    const opened = new AsyncDisposableStack();
    const [clock, log] = [new NodeClock(), new FakeLog()];
    const directory = opened.use(new ScratchDirectory()).path;
    const store = await MemoryGatewayStore.open({ clock, log });
    opened.defer(() => store.close());
    await store.commit({ actor: "system", state: [{ key: "link/epoch", value: epoch }] });
    const feed = new LiveReadings({ history: store.history, clock });
    opened.defer(() => feed.close());
    const links = await GatewayLinkStore.open({ store, listener: feed, clock, log });
    opened.defer(() => links.close());
    let coordinator: Coordinator | undefined;
    const registry = await BoardRegistry.open({
      store,
      file: path.join(directory, "boards.json"),
      access: everything,
      refusals: { refused: () => {} },
      clock,
      log,
      changed: (id, now, before) => coordinator?.changed(id, now, before),
    });
    opened.defer(() => registry.close());
    for (const id of boards) await registry.create(system, { id });
    const transport = new MqttBoardTransport({ url: () => broker, clock, log, random: Math.random });
    coordinator = opened.use(Coordinator.open({ registry, links, transport, feed, clock, log }));
    return new GatewayRival({ store, coordinator, registry, links }, opened);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#opened.disposeAsync();
  }
}
