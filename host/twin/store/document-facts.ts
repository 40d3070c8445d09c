import type { DocumentKind, DocumentKinds, IndexName } from "../../../shared/twin/store-ports.ts";
import { escapeStep, hexNumber, indexPrefix } from "./store-keys.ts";

/** What the store knows of a kind of document. */
interface DocumentFacts<K extends DocumentKind> {
  /** Whether changes of it are events. */
  readonly events: boolean;
  /** The thing whose grants decide who may see its events. */
  thing(document: DocumentKinds[K]): string | undefined;
  /** Keys under which the document is found beside its id. */
  indexKeys(document: DocumentKinds[K]): readonly string[];
  /** Fields that no event tells of, as what hides them when it is spread over a document. */
  readonly hidden: Readonly<Record<string, undefined>>;
}

const indexKey = (index: IndexName, key: string, rest: string): string => `${indexPrefix(index)}${escapeStep(key)}/${rest}`;
const nothing = (): undefined => undefined;
const none = (): readonly string[] => [];
const plain = { events: true, thing: nothing, indexKeys: none, hidden: {} };

/** By kind. */
export const documentFacts: { readonly [K in DocumentKind]: DocumentFacts<K> } = {
  thing: {
    ...plain,
    thing: ({ id }) => id,
    indexKeys: ({ id, labels, definition, board }) => [
      ...Object.entries(labels).map(([label, value]) => indexKey("label", `${label}=${value}`, id)),
      ...(definition === undefined ? [] : [indexKey("definition", definition, id)]),
      ...(board === undefined ? [] : [indexKey("board", board, id)]),
    ],
  },
  feature: { ...plain, thing: ({ thing }) => thing },
  definition: plain,
  alias: {
    ...plain,
    thing: ({ thing }) => thing,
    indexKeys: ({ id, thing }) => [indexKey("aliased", thing, id)],
  },
  relation: { ...plain, indexKeys: ({ parent, name, child }) => [`${indexPrefix("child")}${child}/${name}/${parent}`] },
  board: plain,
  operation: {
    ...plain,
    thing: ({ target }) => target.thing,
    indexKeys: ({ id, state, target, createdBy, idempotencyKey, createdAt }) => {
      const rest = `${hexNumber(createdAt)}/${id}`;
      return [
        indexKey("operation", state, rest),
        indexKey("operation", `thing:${target.thing}`, rest),
        ...(idempotencyKey === undefined ? [] : [indexKey("operation", `key:${createdBy}:${idempotencyKey}`, rest)]),
      ];
    },
  },
  artifact: plain,
  user: { ...plain, hidden: { passwordHash: undefined } },
  grant: { ...plain, indexKeys: ({ id, principal }) => [indexKey("principal", principal, id)] },
  key: {
    ...plain,
    indexKeys: ({ id, owner }) => [indexKey("owner", owner, id)],
    hidden: { secretHash: undefined, passwordHash: undefined },
  },
  session: { ...plain, events: false, indexKeys: ({ id, user }) => [indexKey("sessions", user, id)], hidden: { csrf: undefined } },
};

const isKind = (name: string): name is DocumentKind => Object.hasOwn(documentFacts, name);

export const documentKinds: readonly DocumentKind[] = Object.keys(documentFacts).filter(isKind);
