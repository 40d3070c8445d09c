import { isId } from "../../../shared/base/id.ts";
import type { Log } from "../../../shared/base/log.ts";
import { joinIds } from "../../../shared/twin/documents/document-fields.ts";
import type { Reading } from "../../../shared/twin/documents/reading.ts";
import type { Labels, ThingDocument } from "../../../shared/twin/documents/thing-document.ts";
import type { GatewayStore } from "../../../shared/twin/store-ports.ts";
import type { ChangeDraft } from "./change-draft.ts";
import { bringThing, isBoardsFeature, mayBring, newFeature, tellDiscovery, traitsOf } from "./discovery.ts";
import type { KnownPoints } from "./known-points.ts";
import type { StreamYield } from "./read-stream.ts";

/** Points that are looked up at once. */
const mostRecalls = 256;

export interface PointOwnersParts {
  readonly store: GatewayStore;
  readonly log: Log;
}

/** Finds out which things a board may speak for, and writes down those that are new. */
export class PointOwners {
  readonly #parts: PointOwnersParts;
  /** Boards and things that somebody was told of. */
  readonly #told = new Set<string>();
  readonly #recalling = new Set<string>();

  constructor(parts: PointOwnersParts) {
    this.#parts = parts;
  }

  /**
   * Looks up every point of the readings that is not known yet, and adds what is new to the change.
   * @returns the things that were looked up: to be forgotten when the change is not kept
   */
  async lookUp(draft: ChangeDraft, board: string, points: KnownPoints, yields: readonly StreamYield[]): Promise<readonly string[]> {
    const unknown = unknownPoints(points, yields);
    if (unknown.size === 0) return [];
    const things = await this.#parts.store.getMany("thing", [...unknown.keys()]);
    const labels = await this.labelsOf(board);
    for (const [at, [id, features]] of [...unknown].entries())
      await this.#lookUpThing(draft, board, points, id, features, things[at], labels);
    return [...unknown.keys()];
  }

  /** Looks up in its own time whether a point that is written down already is the board's; what is new waits for its first record. */
  recall(board: string, points: KnownPoints, thing: string, feature: string): void {
    const key = `${board} ${thing}/${feature}`;
    if (this.#recalling.has(key) || this.#recalling.size >= mostRecalls || !isId(thing) || !isId(feature)) return;
    this.#recalling.add(key);
    const { store, log } = this.#parts;
    Promise.all([store.get("thing", thing), store.get("feature", joinIds(thing, feature))])
      .then(([owner, known]) => {
        if (owner?.board === board && known?.owner === "board") points.set(thing, feature, true);
      })
      .catch((error: unknown) => log.debug({ err: error }, "a point could not be looked up"))
      .finally(() => this.#recalling.delete(key));
  }

  /** The labels that things of the board begin with: its own. */
  async labelsOf(board: string): Promise<Labels> {
    return (await this.#parts.store.get("board", board))?.labels ?? {};
  }

  /** Adds an event, once for each thing, that a board sent readings of what is not its own. */
  refuse(draft: ChangeDraft, board: string, thing: string, owner: string): void {
    const key = `${board} ${thing}`;
    if (this.#told.has(key)) return;
    if (this.#told.size >= 10_000) this.#told.clear();
    this.#told.add(key);
    this.#parts.log.warn({ board, thing, owner }, "a board speaks for a thing that is not its own; nothing of it is kept");
    draft.events.push({
      type: "thing.refused",
      kind: "thing",
      id: thing,
      thing,
      severity: "warning",
      text: `${board} sends readings of ${thing}, which belongs to ${owner}; they are not kept`,
      data: { board, owner },
    });
  }

  async #lookUpThing(
    draft: ChangeDraft,
    board: string,
    points: KnownPoints,
    id: string,
    features: ReadonlyMap<string, Reading>,
    thing: ThingDocument | undefined,
    labels: Labels,
  ): Promise<void> {
    const names = [...features.keys()];
    if (!isId(id) || !mayBring(board, thing) || points.full) {
      for (const name of names) points.set(id, name, false);
      if (isId(id) && !points.full) this.refuse(draft, board, id, thing?.board ?? thing?.kind ?? "nobody");
      return;
    }
    const stored = await this.#parts.store.getMany(
      "feature",
      names.map((name) => joinIds(id, name)),
    );
    const fresh: string[] = [];
    for (const [at, name] of names.entries()) {
      const feature = stored[at];
      const isTaken = isId(name) && isBoardsFeature(feature);
      points.set(id, name, isTaken);
      if (!isTaken || feature !== undefined) continue;
      draft.put("feature", joinIds(id, name), newFeature(id, name, traitsOf(features.get(name)?.value ?? null)), 0);
      fresh.push(name);
    }
    const isNew = bringThing(draft, board, id, thing, labels);
    if (isNew || fresh.length > 0) tellDiscovery(draft, board, id, isNew, fresh);
  }
}

/** The points that nothing is known of, by thing and feature, each with its first reading. */
function unknownPoints(points: KnownPoints, yields: readonly StreamYield[]): Map<string, Map<string, Reading>> {
  const unknown = new Map<string, Map<string, Reading>>();
  for (const { readings } of yields)
    for (const reading of readings) {
      const { thing, feature } = reading;
      if (points.get(thing, feature) !== undefined) continue;
      let features = unknown.get(thing);
      if (features === undefined) {
        features = new Map();
        unknown.set(thing, features);
      }
      if (!features.has(feature)) features.set(feature, reading);
    }
  return unknown;
}
