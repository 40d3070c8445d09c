import type { ExecutionContext } from "ava";
import { CelEngine } from "../../../../host/platform/cel/cel-engine.ts";
import { StoreResources } from "../../../../host/twin/resources/store-resources.ts";
import { MemoryGatewayStore } from "../../../../host/twin/store/memory-gateway-store.ts";
import type { JsonValue } from "../../../../shared/base/json.ts";
import type { CommandSender } from "../../../../shared/console/gateway-ports.ts";
import type { Access, Actor, Permission, Target } from "../../../../shared/twin/access/access-ports.ts";
import { boardMay, reconcilerMay } from "../../../../shared/twin/access/machine-permissions.ts";
import { rankFor, rankOf, rolesWith } from "../../../../shared/twin/access/permissions.ts";
import { Forbidden } from "../../../../shared/twin/documents/document-errors.ts";
import type { FeatureTraits } from "../../../../shared/twin/documents/feature-of-thing-document.ts";
import type { OperationDocument } from "../../../../shared/twin/documents/operation-document.ts";
import type { Role } from "../../../../shared/twin/documents/principal-document.ts";
import { afterCommand } from "../../../../shared/twin/resources/after-command.ts";
import { type CommandEnd, endOperation } from "../../../../shared/twin/resources/command-end.ts";
import { moveOperation } from "../../../../shared/twin/resources/operation-machine.ts";
import type { Change, DocumentPut, GatewayStore } from "../../../../shared/twin/store-ports.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";
import { FakeLog } from "../../../harness/fake-log.ts";

export const never = new AbortController().signal;
export const user = (id: string): Actor => ({ id: `user:${id}`, type: "user", via: "rest" });
export const admin = user("ada");
export const engineer = user("emil");
export const operator = user("olga");
export const viewer = user("vera");
/** An engineer of one thing, `scoped-1`, and what is in it. */
export const scoped = user("sven");
export const boardActor = (id: string): Actor => ({ id: `board:${id}`, type: "board", via: "link" });
export const reconciler: Actor = { id: "reconciler:test", type: "reconciler", via: "system" };
export const system: Actor = { id: "system", type: "system", via: "system" };

const roles: Readonly<Record<string, Role>> = {
  "user:ada": "admin",
  "user:emil": "engineer",
  "user:olga": "operator",
  "user:vera": "viewer",
};

/** Roles everywhere, but for one who has one thing only. */
class FakeAccess implements Access {
  readonly boards = new Map<string, string>();

  allows(actor: Actor, permission: Permission, target: Target): boolean {
    if (actor.type === "system") return true;
    if (actor.type === "reconciler") return reconcilerMay(permission);
    if (actor.type === "board") return boardMay(permission) && this.boards.get(target.thing ?? "") === actor.id.slice("board:".length);
    if (actor.id === scoped.id) return target.thing === "scoped-1" && rankFor(permission) <= rankOf("engineer");
    const role = roles[actor.id];
    return role !== undefined && rankFor(permission) <= rankOf(role);
  }
  refusal(actor: Actor, permission: Permission, target: Target): Forbidden | undefined {
    return this.allows(actor, permission, target) ? undefined : new Forbidden(permission, target.thing ?? "all");
  }
  everywhere(actor: Actor, permission: Permission): boolean {
    return actor.id !== scoped.id && this.allows(actor, permission, {});
  }
  rolesOf(permission: Permission): readonly Role[] {
    return rolesWith(permission);
  }
}

/** Numbers commands and notes what it was given. */
export class FakeSender implements CommandSender {
  readonly issued: OperationDocument[] = [];
  readonly withdrawn: OperationDocument[] = [];
  readonly #numbers = new Map<string, number>();

  async nextCommand(board: string): Promise<number> {
    await Promise.resolve();
    const next = (this.#numbers.get(board) ?? 0) + 1;
    this.#numbers.set(board, next);
    return next;
  }
  issue(operation: OperationDocument): void {
    this.issued.push(operation);
  }
  withdraw(operation: OperationDocument): void {
    this.withdrawn.push(operation);
  }
}

/** Resources over a store in memory, with a clock that stands still, and boards that are played. */
export class ResourceBench {
  readonly store: GatewayStore;
  readonly clock: FakeClock;
  readonly log = new FakeLog();
  readonly access = new FakeAccess();
  readonly sender = new FakeSender();
  readonly cel = new CelEngine();
  readonly refusals: { readonly actor: string; readonly action: string; readonly id: string; readonly code: string }[] = [];
  readonly resources: StoreResources;
  #seq = 0;

  private constructor(store: GatewayStore, clock: FakeClock, resources: (bench: ResourceBench) => StoreResources) {
    this.store = store;
    this.clock = clock;
    this.resources = resources(this);
  }

  static async open(t: Pick<ExecutionContext, "teardown">): Promise<ResourceBench> {
    const clock = new FakeClock();
    const store = await MemoryGatewayStore.open({ clock, log: new FakeLog() });
    const bench = new ResourceBench(store, clock, (made) => made.#resources());
    t.teardown(async () => {
      await bench.resources.close();
      await store.close();
    });
    return bench;
  }

  #resources(): StoreResources {
    const { access, cel, clock, log, sender, store } = this;
    const refused = (actor: Actor, { action, id }: { readonly action: string; readonly id: string }, code: string): void => {
      this.refusals.push({ actor: actor.id, action, id, code });
    };
    return StoreResources.open({ store, access, refusals: { refused }, cel, clock, log, sender });
  }

  /** A board with a thing of its own, as the coordinator writes them. */
  async bring(board: string, thing: string, features: Readonly<Record<string, FeatureTraits>>): Promise<void> {
    this.access.boards.set(thing, board);
    const puts: DocumentPut[] = [
      { kind: "board", id: board, document: { id: board, name: board, enabled: true, labels: {}, state: "adopted" } },
      {
        kind: "thing",
        id: thing,
        document: {
          id: thing,
          kind: "device",
          name: thing,
          labels: {},
          board,
          lifecycle: { desired: "present", reported: "present", deleting: [] },
        },
      },
    ];
    for (const [id, traits] of Object.entries(features))
      puts.push({
        kind: "feature",
        id: `${thing}/${id}`,
        document: { thing, id, owner: "board", traits, desiredRev: 0, observedRev: 0 },
      });
    await this.store.commit({ actor: `board:${board}`, puts });
  }

  /** The board sends what it has sampled. */
  async sample(thing: string, feature: string, value: JsonValue): Promise<void> {
    this.#seq++;
    const at = this.clock.wall();
    const reading = { thing, feature, value, quality: "good" as const, source: at, received: at, term: 1, seq: this.#seq };
    await this.store.commit({ actor: "board", readings: [reading] });
  }

  /** The operation leaves for its board. */
  async markSent(id: string): Promise<void> {
    await this.store.update("operation", id, "board", (now) =>
      now === undefined ? undefined : moveOperation(now, "sent", this.clock.wall()),
    );
  }

  /** The record of a command's end comes back: operation and feature change in one batch, as the coordinator has it. */
  async end(id: string, end: CommandEnd, beside: Omit<Change, "actor" | "puts"> = {}): Promise<void> {
    const operation = await this.store.get("operation", id);
    if (operation === undefined) throw new Error(`there is no operation ${id}`);
    const now = this.clock.wall();
    const puts: DocumentPut[] = [];
    const ended = endOperation(operation, end, now);
    if (ended !== undefined) puts.push({ kind: "operation", id, document: ended, ifRev: operation.rev });
    const { thing, feature: name } = operation.target;
    const feature = name === undefined ? undefined : await this.store.get("feature", `${thing}/${name}`);
    const after = feature === undefined ? undefined : afterCommand(feature, operation, end, now);
    if (feature !== undefined && after !== undefined)
      puts.push({ kind: "feature", id: `${thing}/${name}`, document: after, ifRev: feature.rev });
    await this.store.commit({ ...beside, actor: "board", puts });
  }
}
