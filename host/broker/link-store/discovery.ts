import type { JsonValue } from "../../../shared/base/json.ts";
import { joinIds } from "../../../shared/twin/documents/document-fields.ts";
import type { FeatureOfThing, FeatureTraits } from "../../../shared/twin/documents/feature-of-thing-document.ts";
import type { Labels, ThingDocument } from "../../../shared/twin/documents/thing-document.ts";
import { draftOf } from "../../../shared/twin/resources/draft-of.ts";
import type { Draft, EventDraft } from "../../../shared/twin/store-ports.ts";
import type { ChangeDraft } from "./change-draft.ts";

/** Relation from a board to what it brings. */
export const hosts = "hosts";
/** So many names stand in one event. */
const mostNames = 64;

/** Whether a board may speak for a thing: it is its own, or nobody's yet. Sites, groups and other boards are nobody's to claim. */
export function mayBring(board: string, thing: ThingDocument | undefined): boolean {
  if (thing === undefined || thing.board === board) return true;
  return thing.board === undefined && (thing.kind === "device" || thing.kind === "simulated");
}

/** A thing that a board brings, as it is first written. */
export function newThing(id: string, board: string, labels: Labels, name = id): Draft<"thing"> {
  return { id, kind: "device", name, labels, board, lifecycle: { desired: "present", reported: "present", deleting: [] } };
}

/** A feature that a board brings, as it is first written. */
export function newFeature(thing: string, id: string, traits: FeatureTraits): Draft<"feature"> {
  return { thing, id, owner: "board", traits, desiredRev: 0, observedRev: 0 };
}

/** What a value tells of its feature, until the board says more. */
export function traitsOf(value: JsonValue): FeatureTraits {
  switch (typeof value) {
    case "number":
      return { type: "number" };
    case "boolean":
      return { type: "boolean" };
    case "string":
      return { type: "text" };
    default:
      return value === null ? {} : { type: Array.isArray(value) ? "list" : "object" };
  }
}

/** Adds the thing, or its board where it had none. @returns true when the thing is new here */
export function bringThing(
  draft: ChangeDraft,
  board: string,
  id: string,
  thing: ThingDocument | undefined,
  labels: Labels,
  name?: string,
): boolean {
  if (thing?.board === board && (name === undefined || name === thing.name || thing.name !== id)) return false;
  const isNew = thing?.board !== board;
  // A name that a person gave stays.
  if (thing === undefined) draft.put("thing", id, newThing(id, board, labels, name), 0);
  else draft.put("thing", id, { ...draftOf<"thing">(thing), board, ...(name !== undefined && thing.name === id && { name }) }, thing.rev);
  if (isNew && id !== board)
    draft.put("relation", joinIds(board, hosts, id), { id: joinIds(board, hosts, id), parent: board, name: hosts, child: id });
  return isNew;
}

/** Adds the event that tells of a new thing, or of new features of one that is known. */
export function tellDiscovery(draft: ChangeDraft, board: string, thing: string, isNew: boolean, features: readonly string[]): void {
  const named = features.slice(0, mostNames);
  const event: EventDraft = isNew
    ? {
        type: "thing.discovered",
        kind: "thing",
        id: thing,
        thing,
        severity: "notice",
        text: `${board} brings ${thing} with ${features.length === 1 ? "one feature" : `${features.length} features`}`,
        data: { board, features: named },
      }
    : {
        type: "feature.discovered",
        kind: "feature",
        id: joinIds(thing, features[0] ?? ""),
        thing,
        severity: "notice",
        text: `${board} brings ${features.length === 1 ? "one more feature" : `${features.length} more features`} of ${thing}`,
        data: { board, features: named },
      };
  draft.events.push(event);
}

/** True when readings of a board are taken for the feature. */
export const isBoardsFeature = (feature: FeatureOfThing | undefined): boolean => feature === undefined || feature.owner === "board";
