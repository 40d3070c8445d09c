import { codeAndReason, type EdgeError } from "../../../shared/base/edge-error.ts";
import { isJsonObject, type JsonValue } from "../../../shared/base/json.ts";
import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import type { ListQuery, Page } from "../../../shared/console/gateway-ports.ts";
import type { Actor } from "../../../shared/twin/access/access-ports.ts";
import { auditDone } from "../../../shared/twin/access/audit-done.ts";
import type { Attempt } from "../../../shared/twin/access/audit-port.ts";
import { AlreadyExists, NotFound, ResourceInvalid, RevisionConflict } from "../../../shared/twin/documents/document-errors.ts";
import { joinIds } from "../../../shared/twin/documents/document-fields.ts";
import { OperationDocument, OperationIntent } from "../../../shared/twin/documents/operation-document.ts";
import type { ThingDocument } from "../../../shared/twin/documents/thing-document.ts";
import { checkTransitions } from "../../../shared/twin/resources/check-attribute.ts";
import { checkDesired } from "../../../shared/twin/resources/check-desired.ts";
import { isEnded, moveOperation } from "../../../shared/twin/resources/operation-machine.ts";
import { BoardUnavailable, NoExecutor, NotWritable, OperationEnded } from "../../../shared/twin/resources/resource-errors.ts";
import { partOf } from "../../../shared/twin/resources/wanted-value.ts";
import { sameJson } from "../../../shared/twin/same-json.ts";
import type { Draft } from "../../../shared/twin/store-ports.ts";
import { asJson } from "./as-json.ts";
import type { CommandDispatch } from "./command-dispatch.ts";
import { checkHalf, type DefinitionRules } from "./definition-rules.ts";
import { derivedOperationId, newOperationId } from "./operation-id.ts";
import type { OperationRunner } from "./operation-runner.ts";
import { checkPatch, shaped } from "./resource-gate.ts";
import type { ResourceTools } from "./resource-parts.ts";
import { withReported } from "./with-reported.ts";

const fields = Object.keys(OperationDocument.properties);
/** Boards carry it out; all else the gateway. */
const writeType = "feature.write";
const usualExpiry = 60_000;
const pageSize = 1000;

export interface OperationResourcesParts {
  readonly tools: ResourceTools;
  readonly rules: DefinitionRules;
  readonly dispatch: CommandDispatch;
  readonly runner: OperationRunner;
}

/** Operations as people ask for them. */
export class OperationResources {
  readonly #tools: ResourceTools;
  readonly #parts: OperationResourcesParts;

  constructor(parts: OperationResourcesParts) {
    this.#parts = parts;
    this.#tools = parts.tools;
  }

  async list(
    actor: Actor,
    { thing, state, ...query }: ListQuery & { readonly thing?: string; readonly state?: string },
    stop: StopSignal,
  ): Promise<Page<OperationDocument>> {
    const { gate, lists } = this.#tools;
    const sees = gate.sees(actor, "operation:list");
    const key = thing === undefined ? state : `thing:${thing}`;
    const ids = key === undefined ? undefined : await this.#found(key);
    const visible =
      sees === undefined && ids === undefined
        ? undefined
        : (one: OperationDocument) =>
            (state === undefined || one.state === state) && (sees === undefined || sees({ thing: one.target.thing }));
    return lists.list({ kind: "operation", query, fields, idOf: ({ id }) => id, project: (one) => one, visible, ids }, stop);
  }

  async get(actor: Actor, id: string): Promise<OperationDocument> {
    const operation = await this.#tools.store.get("operation", id);
    if (operation === undefined) throw new NotFound("operation", id);
    this.#tools.gate.read(actor, "operation:read", "operation", id, { thing: operation.target.thing });
    return operation;
  }

  create(actor: Actor, given: OperationIntent): Promise<OperationDocument> {
    const { clock, gate, store } = this.#tools;
    const { idempotencyKey } = given;
    const id = idempotencyKey === undefined ? newOperationId(clock.wall()) : derivedOperationId("op", actor.id, idempotencyKey);
    const attempt = { action: "operation:create", kind: "operation", id };
    return gate.try(actor, attempt, async () => {
      const thing = await store.get("thing", given.target.thing);
      if (thing === undefined) throw new NotFound("thing", given.target.thing);
      gate.need(actor, "operation:create", { thing: thing.id });
      checkPatch("operation", asJson(given));
      const intent = shaped("operation", OperationIntent, asJson(given));
      const before = await store.get("operation", id);
      if (before !== undefined) return sameAsked(before, intent);
      try {
        return await this.#begin(actor, attempt, thing, intent);
      } catch (error) {
        // Somebody asked for the same at the same time.
        const other = error instanceof RevisionConflict ? await store.get("operation", id) : undefined;
        if (other === undefined) throw error;
        return sameAsked(other, intent);
      }
    });
  }

  cancel(actor: Actor, id: string): Promise<OperationDocument> {
    const { clock, gate, writer } = this.#tools;
    const attempt = { action: "operation:update", kind: "operation", id };
    return gate.try(actor, attempt, async () => {
      const left = await writer.write("operation", id, { actor, attempt, mask: ["state"] }, async (now) => {
        if (now === undefined) throw new NotFound("operation", id);
        gate.need(actor, "operation:update", { thing: now.target.thing });
        if (now.state === "cancelling" || now.state === "cancelled") return undefined;
        const isCarried = now.state !== "pending" && now.state !== "queued";
        if (isEnded(now.state) || (isCarried && now.board !== undefined)) throw new OperationEnded(id, now.state);
        const document = moveOperation(now, isCarried ? "cancelling" : "cancelled", clock.wall());
        if (document === undefined) throw new OperationEnded(id, now.state);
        return { document };
      });
      if (left === undefined) throw new NotFound("operation", id);
      if (left.board !== undefined && left.state === "cancelled") this.#parts.dispatch.withdraw(left);
      if (left.state === "cancelling") this.#parts.runner.cancel(id);
      return left;
    });
  }

  async #begin(actor: Actor, attempt: Attempt, thing: ThingDocument, intent: OperationIntent): Promise<OperationDocument> {
    const { clock } = this.#tools;
    const now = clock.wall();
    const { type, target, input, idempotencyKey, expiresIn = usualExpiry } = intent;
    const pending: Draft<"operation"> = {
      id: attempt.id,
      type,
      target,
      state: "pending",
      deadline: now + expiresIn,
      createdBy: actor.id,
      history: [{ state: "pending", at: now }],
      ...(input !== undefined && { input }),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    };
    if (type === writeType) return this.#write(actor, attempt, thing, pending);
    const executor = this.#parts.runner.executorOf(type);
    if (executor === undefined) return this.#keep(actor, attempt, rejected(pending, errorOf(new NoExecutor(type)), now));
    const refusal = await executor.refusal(pending);
    if (refusal !== undefined) return this.#keep(actor, attempt, rejected(pending, refusal, now));
    const kept = await this.#keep(actor, attempt, pending);
    this.#parts.runner.run(kept);
    return kept;
  }

  /** A value for a board's feature, once. */
  async #write(actor: Actor, attempt: Attempt, thing: ThingDocument, pending: Draft<"operation">): Promise<OperationDocument> {
    const { clock } = this.#tools;
    await this.#checkWrite(pending);
    const board = thing.board ?? (thing.kind === "board" ? thing.id : undefined);
    if (board === undefined) throw new NotWritable(thing.id, pending.target.feature ?? "");
    const lacks = await this.#lack(board);
    const now = clock.wall();
    if (lacks !== undefined) return this.#keep(actor, attempt, { ...rejected(pending, errorOf(lacks), now), board });
    return this.#parts.dispatch.send(board, pending.id, (cmdSeq) => ({
      actor: actor.id,
      puts: [
        {
          kind: "operation",
          id: pending.id,
          ifRev: 0,
          document: { ...pending, board, cmdSeq, state: "queued", history: [...pending.history, { state: "queued", at: now }] },
        },
      ],
      audit: [auditDone(actor, attempt, { before: 0, after: 1 })],
    }));
  }

  /** @throws {ResourceInvalid} {NotWritable} {NotFound} {TransitionIllegal} */
  async #checkWrite({ target, input }: Draft<"operation">): Promise<void> {
    const { store } = this.#tools;
    if (target.feature === undefined)
      throw new ResourceInvalid("operation", [{ path: "/target/feature", message: "missing", expected: "the feature to write" }]);
    const id = joinIds(target.thing, target.feature);
    const stored = await store.get("feature", id);
    if (stored === undefined) throw new NotFound("feature", id);
    const feature = withReported(store.history, stored);
    if (feature.owner !== "board") throw new NotWritable(target.thing, target.feature);
    const wanted = isJsonInput(input) && isJsonObject(input) ? input : {};
    const problems = [...checkDesired(feature, wanted)].map((problem) => ({
      ...problem,
      path: problem.path.replace("/desired", "/input"),
    }));
    if (problems.length > 0) throw new ResourceInvalid("operation", problems);
    const attributes = await this.#parts.rules.attributesOf(feature);
    checkHalf("operation", "desired", wanted, attributes);
    checkTransitions(attributes, { before: undefined, wanted, reported: partOf(feature.reported) });
  }

  async #lack(board: string): Promise<EdgeError | undefined> {
    const document = await this.#tools.store.get("board", board);
    if (document?.state !== "adopted") return new BoardUnavailable(board, "is not adopted");
    return document.enabled ? undefined : new BoardUnavailable(board, "is told to rest");
  }

  async #keep(actor: Actor, attempt: Attempt, document: Draft<"operation">): Promise<OperationDocument> {
    const kept = await this.#tools.writer.write("operation", attempt.id, { actor, attempt, ifRev: 0 }, async () => ({ document }));
    if (kept === undefined) throw new NotFound("operation", attempt.id);
    return kept;
  }

  /** Ids in the order of ids, as lists want them. */
  async #found(key: string): Promise<readonly string[]> {
    const ids: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await this.#tools.store.lookup("operation", key, { limit: pageSize, ...(after !== undefined && { after }) });
      ids.push(...page);
      after = page.at(-1);
      if (after === undefined || page.length < pageSize) return ids.sort();
    }
  }
}

const isJsonInput = (input: unknown): input is JsonValue => input !== undefined;

/** The operation that is there, when it was asked for alike. @throws {AlreadyExists} */
function sameAsked(before: OperationDocument, { type, target, input }: OperationIntent): OperationDocument {
  const asked = asJson({ type, target, ...(input !== undefined && { input }) });
  const there = asJson({ type: before.type, target: before.target, ...(before.input !== undefined && { input: before.input }) });
  if (!sameJson(asked, there)) throw new AlreadyExists("operation", `${before.id}, for the same key and something else,`);
  return before;
}

type OperationError = NonNullable<OperationDocument["error"]>;

function errorOf(error: EdgeError): OperationError {
  const { code, reason } = codeAndReason(error);
  return { code, message: reason };
}

function rejected(pending: Draft<"operation">, error: OperationError, now: number): Draft<"operation"> {
  return { ...pending, state: "rejected", error, history: [...pending.history, { state: "rejected", at: now }] };
}
