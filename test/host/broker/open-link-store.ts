import { GatewayLinkStore, type ReadingListener } from "../../../host/broker/link-store/gateway-link-store.ts";
import type { ReadStream } from "../../../host/broker/link-store/read-stream.ts";
import { MemoryGatewayStore } from "../../../host/twin/store/memory-gateway-store.ts";
import type { Clock } from "../../../shared/base/clock.ts";
import type { OperationDocument } from "../../../shared/twin/documents/operation-document.ts";
import type { Reading } from "../../../shared/twin/documents/reading.ts";
import type { Draft, GatewayStore } from "../../../shared/twin/store-ports.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { FakeLog } from "../../harness/fake-log.ts";

/** Keeps what screens would be told. */
export class HeardReadings implements ReadingListener {
  readonly readings: Reading[] = [];
  readonly aheads: Reading[] = [];

  kept(_board: string, _stream: string, readings: readonly Reading[]): void {
    this.readings.push(...readings);
  }

  ahead(_board: string, _stream: string, reading: Reading): void {
    this.aheads.push(reading);
  }
}

export interface LinkStoreSet {
  readonly store: GatewayStore;
  readonly links: GatewayLinkStore;
  readonly heard: HeardReadings;
  readonly clock: Clock;
  readonly log: FakeLog;
}

/** The real link store on a store in memory. */
export async function openLinkStore(
  options: { readonly store?: GatewayStore; readonly clock?: Clock; readonly read?: ReadStream } = {},
): Promise<LinkStoreSet> {
  const { clock = new FakeClock(), read } = options;
  const log = new FakeLog();
  const store = options.store ?? (await MemoryGatewayStore.open({ clock, log }));
  const heard = new HeardReadings();
  const links = await GatewayLinkStore.open({ store, listener: heard, clock, log, ...(read !== undefined && { read }) });
  return { store, links, heard, clock, log };
}

/** An operation that waits to be sent. */
export function queuedOperation(board: string, cmdSeq: number, id: string, more: Partial<Draft<"operation">> = {}): Draft<"operation"> {
  return {
    id,
    type: "feature.write",
    target: { thing: "pump", feature: "speed" },
    board,
    cmdSeq,
    input: { value: 7 },
    state: "queued",
    deadline: 1_800_000_000_000,
    createdBy: "user:anna",
    history: [{ state: "queued", at: 1_700_000_000_000 }],
    ...more,
  };
}

/** Keeps an operation as whoever asks for one does. */
export async function keepOperation(store: GatewayStore, draft: Draft<"operation">): Promise<OperationDocument> {
  await store.commit({ actor: draft.createdBy, puts: [{ kind: "operation", id: draft.id, document: draft, ifRev: 0 }] });
  const operation = await store.get("operation", draft.id);
  if (operation === undefined) throw new Error(`${draft.id} was not kept`);
  return operation;
}
