import type { Instant } from "../../../shared/base/units.ts";
import type { BoardDescription, DescribedFeature, DescribedThing } from "../../../shared/connectors/link/board-description.ts";
import { joinIds } from "../../../shared/twin/documents/document-fields.ts";
import type { FeatureOfThing, FeatureTraits } from "../../../shared/twin/documents/feature-of-thing-document.ts";
import type { Labels, ThingDocument } from "../../../shared/twin/documents/thing-document.ts";
import { draftOf } from "../../../shared/twin/resources/draft-of.ts";
import { sameJson } from "../../../shared/twin/same-json.ts";
import type { GatewayStore, StatePut } from "../../../shared/twin/store-ports.ts";
import { ChangeDraft } from "./change-draft.ts";
import { bringThing, isBoardsFeature, mayBring, newFeature, tellDiscovery } from "./discovery.ts";
import type { KnownPoints } from "./known-points.ts";
import type { PointOwners } from "./point-owners.ts";

export interface DescriptionParts {
  readonly store: GatewayStore;
  readonly owners: PointOwners;
  readonly points: KnownPoints;
  readonly now: Instant;
}

/** Status of a feature that its board does not have any more. */
export const absentText = "absent: the board does not have it any more";
/** Documents of one change. */
const mostDocuments = 500;
const page = 500;

/** What a board says of a feature, as its document has it. */
export function traitsOfDescribed({ id: _id, period, ...traits }: DescribedFeature): FeatureTraits {
  const { values, description, ...plain } = traits;
  return {
    ...plain,
    ...(values !== undefined && { values: [...values] }),
    ...(period !== undefined && { period: Math.round(period) }),
    ...(description !== undefined && { description: description.slice(0, 256) }),
  };
}

/**
 * Keeps what a board says it has: names of things and traits of features, where they changed. What the board has no more stays, with its history, and
 * its status says so. Several changes when it is much, the hash with the last: what a crash cuts off is asked for again.
 */
export async function keepDescription(
  parts: DescriptionParts,
  board: string,
  description: BoardDescription,
  last: StatePut,
): Promise<void> {
  const { store, owners } = parts;
  const labels = await owners.labelsOf(board);
  const known = new Map<string, ThingDocument>();
  for await (const thing of thingsOf(store, board)) known.set(thing.id, thing);
  let draft = new ChangeDraft(`board:${board}`);
  const pass = async (): Promise<void> => {
    if (draft.documents < mostDocuments) return;
    await store.commit(draft.change);
    draft = new ChangeDraft(`board:${board}`);
  };
  for (const described of wholeThings(description.things)) {
    await keepThing(parts, draft, board, described, labels);
    known.delete(described.id);
    await pass();
  }
  for (const id of known.keys()) {
    await keepThing(parts, draft, board, { id, features: [] }, labels);
    await pass();
  }
  const stored = await store.state(last.key);
  if (stored === undefined || last.value === undefined || !sameJson(stored, last.value)) draft.state.push(last);
  if (!draft.isEmpty) await store.commit(draft.change);
}

/** The features of one thing may come in several pieces. */
function wholeThings(things: readonly DescribedThing[]): readonly DescribedThing[] {
  const whole = new Map<string, DescribedThing>();
  for (const thing of things) {
    const before = whole.get(thing.id);
    whole.set(thing.id, before === undefined ? thing : { ...before, features: [...before.features, ...thing.features] });
  }
  return [...whole.values()];
}

async function keepThing(
  { store, owners, points, now }: DescriptionParts,
  draft: ChangeDraft,
  board: string,
  { id, name, features }: DescribedThing,
  labels: Labels,
): Promise<void> {
  const thing = await store.get("thing", id);
  if (!mayBring(board, thing)) {
    owners.refuse(draft, board, id, thing?.board ?? thing?.kind ?? "nobody");
    return;
  }
  // What a board itself is called, people say.
  const isNew = bringThing(draft, board, id, thing, labels, id === board ? undefined : name?.slice(0, 128));
  const stored = new Map<string, FeatureOfThing>();
  for await (const feature of featuresOf(store, id)) stored.set(feature.id, feature);
  const fresh: string[] = [];
  for (const described of features) {
    const feature = stored.get(described.id);
    stored.delete(described.id);
    points.set(id, described.id, isBoardsFeature(feature));
    if (feature === undefined) {
      draft.put("feature", joinIds(id, described.id), newFeature(id, described.id, traitsOfDescribed(described)), 0);
      fresh.push(described.id);
    } else if (feature.owner === "board") keepTraits(draft, feature, traitsOfDescribed(described));
  }
  if (isNew || fresh.length > 0) tellDiscovery(draft, board, id, isNew, fresh);
  const gone = [...stored.values()].filter(({ owner, status }) => owner === "board" && status?.text !== absentText);
  for (const feature of gone) {
    const status = { text: absentText, indicator: "unspecified", at: now } as const;
    draft.put("feature", joinIds(id, feature.id), { ...draftOf<"feature">(feature), status }, feature.rev);
  }
  if (gone.length > 0) tellAbsence(draft, board, id, gone);
}

function keepTraits(draft: ChangeDraft, feature: FeatureOfThing, traits: FeatureTraits): void {
  const wasAbsent = feature.status?.text === absentText;
  if (!wasAbsent && sameJson(plainTraits(feature.traits), plainTraits(traits))) return;
  const { status, ...kept } = draftOf<"feature">(feature);
  const document = { ...kept, traits, ...(status !== undefined && !wasAbsent && { status }) };
  draft.put("feature", joinIds(feature.thing, feature.id), document, feature.rev);
}

const plainTraits = (traits: FeatureTraits) => JSON.parse(JSON.stringify(traits));

function tellAbsence(draft: ChangeDraft, board: string, thing: string, gone: readonly FeatureOfThing[]): void {
  const names = gone.slice(0, 64).map(({ id }) => id);
  draft.events.push({
    type: "feature.absent",
    kind: "feature",
    id: joinIds(thing, names[0] ?? ""),
    thing,
    severity: "notice",
    text: `${board} does not have ${gone.length === 1 ? `${names[0]} of ${thing}` : `${gone.length} features of ${thing}`} any more`,
    data: { board, features: names },
  });
}

async function* thingsOf(store: GatewayStore, board: string): AsyncGenerator<ThingDocument> {
  for (let after: string | undefined; ; ) {
    const ids: readonly string[] = await store.lookup("board", board, { limit: page, ...(after !== undefined && { after }) });
    for (const thing of await store.getMany("thing", ids)) if (thing !== undefined) yield thing;
    after = ids[ids.length - 1];
    if (after === undefined || ids.length < page) return;
  }
}

async function* featuresOf(store: GatewayStore, thing: string): AsyncGenerator<FeatureOfThing> {
  const prefix = `${thing}/`;
  for (let after: string | undefined; ; ) {
    const features: readonly FeatureOfThing[] = await store.list("feature", { prefix, limit: page, ...(after !== undefined && { after }) });
    yield* features;
    const newest = features[features.length - 1];
    if (newest === undefined || features.length < page) return;
    after = joinIds(newest.thing, newest.id);
  }
}
