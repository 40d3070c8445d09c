import path from "node:path";
import { BoardCredentials } from "../../../host/broker/accounts/board-credentials.ts";
import { BoardRegistry } from "../../../host/broker/coordinator/board-registry.ts";
import { Coordinator } from "../../../host/broker/coordinator/coordinator.ts";
import { GatewayBoards } from "../../../host/broker/coordinator/gateway-boards.ts";
import { LiveReadings } from "../../../host/broker/feed/live-readings.ts";
import { GatewayLinkStore } from "../../../host/broker/link-store/gateway-link-store.ts";
import type { ReadStream } from "../../../host/broker/link-store/read-stream.ts";
import type { BoardTransport } from "../../../host/broker/transport/board-transport.ts";
import { MemoryBoardTransport } from "../../../host/broker/transport/board-transport-memory.ts";
import { MemoryGatewayStore } from "../../../host/twin/store/memory-gateway-store.ts";
import { millis } from "../../../shared/base/units.ts";
import type { Access, Actor } from "../../../shared/twin/access/access-ports.ts";
import { Forbidden } from "../../../shared/twin/documents/document-errors.ts";
import type { GatewayStore } from "../../../shared/twin/store-ports.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { FakeLog } from "../../harness/fake-log.ts";
import { ScratchDirectory } from "../../harness/scratch-directory.ts";

/** Lets everybody do everything but `user:viewer`. */
export const easyAccess: Access = {
  allows: ({ id }) => id !== "user:viewer",
  refusal: ({ id }, permission) => (id === "user:viewer" ? new Forbidden(permission, "there") : undefined),
  everywhere: ({ id }) => id !== "user:viewer",
  rolesOf: () => [],
};

export const anna: Actor = { id: "user:anna", type: "user", via: "rest" };
export const viewer: Actor = { id: "user:viewer", type: "user", via: "rest" };

export interface CoordinatorSetOptions {
  readonly store?: GatewayStore;
  readonly transport?: BoardTransport;
  readonly clock?: FakeClock;
  readonly directory?: string;
  readonly read?: ReadStream;
  readonly proves?: boolean;
}

/** The boards' room of a gateway, in memory but for `boards.json`. */
export class CoordinatorSet implements AsyncDisposable {
  readonly clock: FakeClock;
  readonly log = new FakeLog();
  readonly refused: string[] = [];
  readonly #stack = new AsyncDisposableStack();
  readonly store: GatewayStore;
  readonly directory: string;
  readonly transport: BoardTransport;
  readonly memory: MemoryBoardTransport;

  private constructor(store: GatewayStore, clock: FakeClock, directory: string, transport: BoardTransport, memory: MemoryBoardTransport) {
    this.store = store;
    this.clock = clock;
    this.directory = directory;
    this.transport = transport;
    this.memory = memory;
  }

  readonly parts: {
    links?: GatewayLinkStore;
    registry?: BoardRegistry;
    coordinator?: Coordinator;
    boards?: GatewayBoards;
    feed?: LiveReadings;
  } = {};

  static async open(options: CoordinatorSetOptions = {}): Promise<CoordinatorSet> {
    const clock = options.clock ?? new FakeClock();
    const stack = new AsyncDisposableStack();
    let { directory } = options;
    if (directory === undefined) directory = stack.use(new ScratchDirectory()).path;
    const memory = new MemoryBoardTransport();
    const store = options.store ?? (await MemoryGatewayStore.open({ clock, log: new FakeLog() }));
    const set = new CoordinatorSet(store, clock, directory, options.transport ?? memory, memory);
    if (options.store === undefined) stack.defer(() => store.close());
    set.#stack.use(stack);
    await set.#open(options);
    return set;
  }

  async #open({ read, proves }: CoordinatorSetOptions): Promise<void> {
    const { store, clock, log, parts } = this;
    const feed = new LiveReadings({ history: store.history, clock });
    const links = await GatewayLinkStore.open({ store, listener: feed, clock, log, ...(read !== undefined && { read }) });
    let coordinator: Coordinator | undefined;
    const registry = await BoardRegistry.open({
      store,
      file: path.join(this.directory, "boards.json"),
      access: easyAccess,
      refusals: { refused: (actor, { action }, code) => void this.refused.push(`${actor.id} ${action} ${code}`) },
      clock,
      log,
      changed: (id, now, before) => coordinator?.changed(id, now, before),
    });
    coordinator = Coordinator.open({
      registry,
      links,
      transport: this.transport,
      feed,
      clock,
      log,
      ...(proves !== undefined && { proves }),
    });
    const credentials = new BoardCredentials({ store, hash: async (password) => `hash of ${password}` });
    Object.assign(parts, { links, registry, coordinator, feed, boards: new GatewayBoards({ registry, coordinator, credentials }) });
  }

  get links(): GatewayLinkStore {
    return there(this.parts.links);
  }
  get registry(): BoardRegistry {
    return there(this.parts.registry);
  }
  get coordinator(): Coordinator {
    return there(this.parts.coordinator);
  }
  get boards(): GatewayBoards {
    return there(this.parts.boards);
  }
  get feed(): LiveReadings {
    return there(this.parts.feed);
  }
  get file(): string {
    return path.join(this.directory, "boards.json");
  }

  /** Lets virtual and real time pass until something holds. */
  async until(holds: () => boolean | Promise<boolean>, most = 120_000, step = 100): Promise<void> {
    for (let passed = 0; passed <= most; passed += step) {
      for (let turn = 0; turn < 8; turn++) {
        if (await holds()) return;
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
      await this.clock.advance(millis(step));
    }
    throw new Error(`it does not hold after ${most} ms of virtual time`);
  }

  /** Lets virtual time pass, and the store work meanwhile. */
  async pass(span: number, step = 500): Promise<void> {
    for (let passed = 0; passed < span; passed += step) {
      await this.clock.advance(millis(Math.min(step, span - passed)));
      for (let turn = 0; turn < 4; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  state(board: string): string | undefined {
    return this.coordinator.state(board)?.state;
  }

  async events(type?: string): Promise<readonly string[]> {
    const { events } = await this.store.events(0, 100_000);
    return events.filter((event) => type === undefined || event.type === type).map((event) => `${event.type} ${event.id}`);
  }

  /** Events of a type, as soon as there are so many: they are kept beside what they tell of. */
  async told(type: string, count: number): Promise<readonly string[]> {
    await this.until(async () => (await this.events(type)).length >= count);
    return this.events(type);
  }

  async count(thing: string, feature: string): Promise<number> {
    const query = { thing, feature, from: 0, to: 9e12, limit: 100_000 };
    return (await this.store.history.readings(query, new AbortController().signal)).length;
  }

  async close(): Promise<void> {
    await this.coordinator.close();
    await this.registry.close();
    this.links.close();
    this.feed.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    await this.#stack.disposeAsync();
  }
}

function there<Part>(part: Part | undefined): Part {
  if (part === undefined) throw new Error("it is not open");
  return part;
}
