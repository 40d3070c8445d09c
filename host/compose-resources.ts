import type { Clock } from "../shared/base/clock.ts";
import type { Log } from "../shared/base/log.ts";
import type { MetricSource } from "../shared/base/metric.ts";
import type { Resources } from "../shared/console/gateway-ports.ts";
import type { GatewayStore } from "../shared/twin/store-ports.ts";
import type { ComposedBoards } from "./compose-boards.ts";
import type { AccessRoom } from "./console/access/access-room.ts";
import type { CelEngine } from "./platform/cel/cel-engine.ts";
import { GatewayReconcile } from "./twin/reconcile/gateway-reconcile.ts";
import { StoreResources } from "./twin/resources/store-resources.ts";

export interface ResourcesParts {
  readonly store: GatewayStore;
  readonly room: AccessRoom;
  readonly boards: ComposedBoards;
  readonly cel: CelEngine;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
}

/** Opens the door to all documents, and what brings the plant to where people want it. */
export async function composeResources(
  { store, room, boards, cel, clock, log, random }: ResourcesParts,
  opened: AsyncDisposableStack,
): Promise<{ readonly resources: Resources; readonly sources: readonly MetricSource[] }> {
  const { coordinator: sender } = boards;
  const resources = opened.use(await StoreResources.open({ store, access: room.access, refusals: room.audit, cel, clock, log, sender }));
  await resources.resume();
  const reconcile = opened.use(await GatewayReconcile.open({ store, resources, boards: boards.boards, clock, log, random }));
  return { resources, sources: [resources, reconcile] };
}
