import type { Clock } from "../../../shared/base/clock.ts";
import type { JsonValue } from "../../../shared/base/json.ts";
import { joinIds } from "../../../shared/twin/documents/document-fields.ts";
import type { EventDocument } from "../../../shared/twin/documents/event-document.ts";
import type { FeatureOfThing } from "../../../shared/twin/documents/feature-of-thing-document.ts";
import type { OperationDocument } from "../../../shared/twin/documents/operation-document.ts";
import { toleranceOf } from "../../../shared/twin/resources/check-attribute.ts";
import { draftOf } from "../../../shared/twin/resources/draft-of.ts";
import { isEnded, moveOperation } from "../../../shared/twin/resources/operation-machine.ts";
import { meets, wantedValue } from "../../../shared/twin/resources/wanted-value.ts";
import type { Change, DocumentPut, Draft, EventDraft, GatewayStore } from "../../../shared/twin/store-ports.ts";
import type { CommandDispatch } from "../resources/command-dispatch.ts";
import type { DefinitionRules } from "../resources/definition-rules.ts";
import { derivedOperationId } from "../resources/operation-id.ts";
import type { BoardPresence } from "./board-presence.ts";
import type { Directive, ReconcileContext, ReconcileFailure, Reconciler } from "./reconciler.ts";
import { WaitingKeys } from "./waiting-keys.ts";

export interface DesiredOverLinkParts {
  readonly store: GatewayStore;
  readonly dispatch: CommandDispatch;
  readonly presence: BoardPresence;
  readonly rules: DefinitionRules;
  readonly clock: Clock;
}

const actor = "system";
/** A command that a board does not begin within this time is given up and made again. */
const expiry = 60_000;
const pageSize = 500;
/** How soon and how seldom a device is looked at that was written and does not show it yet. */
const soonest = 1000;
const seldomest = 60_000;
const telling: ReadonlySet<string> = new Set(["desired", "desiredRev", "observedRev", "reconcile", "status"]);

type Status = NonNullable<FeatureOfThing["status"]>;

/**
 * Carries what is wanted of boards' features to the boards: each intent becomes an operation, kept in one batch with the feature that names it, so that it
 * is sent once. A board that is away is waited for; a newer intent takes the place of an older one that was not sent yet.
 */
export class DesiredOverLink implements Reconciler {
  readonly kind = "desired";
  readonly #parts: DesiredOverLinkParts;
  readonly #byBoard = new WaitingKeys();
  readonly #byOperation = new WaitingKeys();

  constructor(parts: DesiredOverLinkParts) {
    this.#parts = parts;
  }

  begin(wake: (key: string) => void): void {
    this.#parts.presence.onOnline((board) => {
      for (const key of this.#byBoard.take(board)) wake(key);
    });
  }

  match({ kind, type, id, mask }: EventDocument): readonly string[] {
    if (kind === "feature" && type !== "feature.deleted")
      return type === "feature.updated" && mask !== undefined && !mask.some((field) => telling.has(field)) ? [] : [id];
    if (kind === "operation") return this.#byOperation.take(id);
    return kind === "board" ? this.#byBoard.take(id) : [];
  }

  async *list(): AsyncGenerator<string> {
    for (let after: string | undefined; ; ) {
      const page = await this.#parts.store.list("feature", { limit: pageSize, ...(after !== undefined && { after }) });
      for (const feature of page) if (isUnsettled(feature)) yield joinIds(feature.thing, feature.id);
      const last = page.at(-1);
      if (last === undefined || page.length < pageSize) return;
      after = joinIds(last.thing, last.id);
    }
  }

  async intent(key: string): Promise<number | undefined> {
    const feature = await this.#parts.store.get("feature", key);
    return feature === undefined || feature.owner !== "board" || feature.desiredRev === 0 ? undefined : feature.desiredRev;
  }

  async reconcile(key: string, context: ReconcileContext): Promise<Directive> {
    const { store } = this.#parts;
    const feature = await store.get("feature", key);
    if (feature === undefined) return { do: "ack" };
    const error = feature.reconcile?.error;
    if (error !== undefined && error.desiredRev === feature.desiredRev)
      return { do: "fail", error: { code: error.code, message: error.message } };
    const wanted = wantedValue(feature);
    if (feature.observedRev >= feature.desiredRev) return wanted === undefined ? { do: "ack" } : this.#verify(key, feature, wanted);
    if (wanted === undefined) return this.#forget(key, feature);
    const named = feature.reconcile?.operation;
    const operation = named === undefined ? undefined : await store.get("operation", named);
    if (operation === undefined || operation.desiredRev !== feature.desiredRev) return this.#issue(key, feature, wanted, operation);
    if (!isEnded(operation.state)) {
      this.#byOperation.add(operation.id, key);
      return { do: "wait", on: "operation" };
    }
    return context.due ? this.#issue(key, feature, wanted, undefined) : this.#again(operation);
  }

  async failed(key: string, { code, message, attempts, since }: ReconcileFailure): Promise<Pick<Change, "puts" | "events">> {
    const feature = await this.#parts.store.get("feature", key);
    if (feature === undefined) return {};
    const event: EventDraft = {
      type: "feature.error",
      kind: "feature",
      id: key,
      thing: feature.thing,
      severity: "alarm",
      text: `what is wanted of ${key} cannot be had: ${message}`.slice(0, 512),
      data: { code, attempts },
    };
    const before = feature.reconcile?.error;
    if (before?.desiredRev === feature.desiredRev && before.code === code) return { events: [event] };
    const document: Draft<"feature"> = {
      ...draftOf<"feature">(feature),
      status: { text: message.slice(0, 1024), indicator: "error", at: since },
      reconcile: { ...feature.reconcile, attempts, error: { code, message, since, desiredRev: feature.desiredRev } },
    };
    return { puts: [{ kind: "feature", id: key, document, ifRev: feature.rev }], events: [event] };
  }

  /** An operation ended without success: a command that no board began says nothing against the intent. */
  #again({ state, error }: OperationDocument): Directive {
    const why = error ?? { code: "EDGE_COMMAND_FAILED", message: `the command was ${state}` };
    return { do: "retry", error: why, counts: state === "failed" || state === "rejected" };
  }

  async #issue(key: string, feature: FeatureOfThing, wanted: JsonValue, older: OperationDocument | undefined): Promise<Directive> {
    const { clock, dispatch, presence, store } = this.#parts;
    const thing = await store.get("thing", feature.thing);
    const board = thing?.board ?? (thing?.kind === "board" ? thing.id : undefined);
    if (board === undefined) return { do: "ack" };
    const document = await store.get("board", board);
    // Before it is looked at: a board that comes back meanwhile must not be missed.
    this.#byBoard.add(board, key);
    if (document?.state !== "adopted" || !document.enabled || !presence.online(board)) {
      const why = document?.state !== "adopted" ? "to be adopted" : document.enabled ? "to be connected" : "to be enabled";
      await this.#say(key, feature, `waits for board ${board} ${why}`);
      return { do: "wait", on: "link" };
    }
    const now = clock.wall();
    const id = derivedOperationId("set", key, feature.createdAt, feature.rev);
    const { error: _error, ...reconcile } = feature.reconcile ?? { attempts: 0 };
    const replaced = older === undefined ? undefined : replacedBy(older, id, now);
    const next: Draft<"feature"> = {
      ...draftOf<"feature">(feature),
      status: { text: "on its way to the device", indicator: "in_progress", at: now },
      reconcile: { attempts: older === undefined && feature.reconcile?.operation !== undefined ? reconcile.attempts : 0, operation: id },
    };
    this.#byOperation.add(id, key);
    await dispatch.send(board, id, (cmdSeq) => {
      const asked: Draft<"operation"> = {
        id,
        type: "feature.write",
        target: { thing: feature.thing, feature: feature.id },
        board,
        cmdSeq,
        desiredRev: feature.desiredRev,
        input: { value: wanted },
        state: "queued",
        deadline: now + expiry,
        createdBy: "reconciler:desired",
        history: [
          { state: "pending", at: now },
          { state: "queued", at: now },
        ],
      };
      const puts: DocumentPut[] = [
        { kind: "operation", id, document: asked, ifRev: 0 },
        { kind: "feature", id: key, document: next, ifRev: feature.rev },
      ];
      if (replaced !== undefined && older !== undefined)
        puts.push({ kind: "operation", id: older.id, document: replaced, ifRev: older.rev });
      return { actor, puts };
    });
    const gone = replaced === undefined || older === undefined ? undefined : await store.get("operation", older.id);
    if (gone !== undefined) dispatch.withdraw(gone);
    return { do: "wait", on: "operation" };
  }

  /** Nothing is wanted any more. */
  async #forget(key: string, feature: FeatureOfThing): Promise<Directive> {
    const { reconcile: _reconcile, status: _status, ...kept } = draftOf<"feature">(feature);
    await this.#put(key, feature, { ...kept, observedRev: feature.desiredRev });
    return { do: "ack" };
  }

  /** The board says that it is done: is it what the device shows? */
  async #verify(key: string, feature: FeatureOfThing, wanted: JsonValue): Promise<Directive> {
    const { clock, rules, store } = this.#parts;
    if (feature.status?.indicator !== "in_progress") return { do: "ack" };
    const reading = store.history.latest(feature.thing, feature.id);
    const tolerance = toleranceOf(await rules.attributesOf(feature));
    if (reading !== undefined && reading.quality !== "bad" && meets(reading.value, wanted, tolerance)) {
      const { reconcile: _reconcile, ...kept } = draftOf<"feature">(feature);
      await this.#put(key, feature, { ...kept, status: { text: "the device has the wanted value", indicator: "idle", at: clock.wall() } });
      return { do: "ack" };
    }
    const pause = Math.min(seldomest, Math.max(soonest, (feature.traits.period ?? 0) * 2));
    return { do: "wait", on: "operation", until: clock.wall() + pause };
  }

  /** Says once why it takes time. */
  async #say(key: string, feature: FeatureOfThing, text: string): Promise<void> {
    if (feature.status?.text === text) return;
    const status: Status = { text, indicator: "in_progress", at: this.#parts.clock.wall() };
    await this.#put(key, feature, { ...draftOf<"feature">(feature), status });
  }

  async #put(id: string, { rev }: FeatureOfThing, document: Draft<"feature">): Promise<void> {
    await this.#parts.store.commit({ actor, puts: [{ kind: "feature", id, document, ifRev: rev }] });
  }
}

/** True where there may be something to do. */
function isUnsettled({ owner, desiredRev, observedRev, status }: FeatureOfThing): boolean {
  return owner === "board" && desiredRev > 0 && (observedRev < desiredRev || status?.indicator === "in_progress");
}

/** An older intent that was not sent yet is not sent any more. */
function replacedBy(older: OperationDocument, id: string, now: number): Draft<"operation"> | undefined {
  if (older.state !== "queued" && older.state !== "pending") return undefined;
  return moveOperation(older, "cancelled", now, {
    error: { code: "EDGE_OPERATION_REPLACED", message: `a newer intent took its place: ${id}` },
  });
}
