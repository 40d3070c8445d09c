import type { Draft } from "../../shared/twin/store-ports.ts";

/** Documents as rooms would put them. */
export const thingDraft = (id: string, more: Partial<Draft<"thing">> = {}): Draft<"thing"> => ({
  id,
  kind: "device",
  name: id,
  labels: {},
  lifecycle: { desired: "present", reported: "present", deleting: [] },
  ...more,
});

export const featureDraft = (thing: string, id: string, more: Partial<Draft<"feature">> = {}): Draft<"feature"> => ({
  thing,
  id,
  owner: "board",
  traits: { unit: "bar", type: "number" },
  desiredRev: 0,
  observedRev: 0,
  ...more,
});

export const operationDraft = (id: string, more: Partial<Draft<"operation">> = {}): Draft<"operation"> => ({
  id,
  type: "feature.write",
  target: { thing: "pump-1", feature: "speed" },
  state: "pending",
  deadline: 0,
  createdBy: "user:anna",
  history: [],
  ...more,
});

export const aliasDraft = (network: string, key: string, value: string, thing: string): Draft<"alias"> => ({
  id: `${network}/${key}/${value}`,
  network,
  key,
  value,
  thing,
});

export const relationDraft = (parent: string, name: string, child: string): Draft<"relation"> => ({
  id: `${parent}/${name}/${child}`,
  parent,
  name,
  child,
});

export const userDraft = (id: string, more: Partial<Draft<"user">> = {}): Draft<"user"> => ({ id, name: id, enabled: true, ...more });

/** A put of a thing, for tests that need any document. */
export const putThing = (id: string, more: Partial<Draft<"thing">> = {}, ifRev?: number) =>
  ({ kind: "thing", id, document: thingDraft(id, more), ...(ifRev === undefined ? {} : { ifRev }) }) as const;
