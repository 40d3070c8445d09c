import { topicRoot } from "../../../shared/broker/topic.ts";
import type { Role } from "../../../shared/twin/documents/principal-document.ts";

/** Filters of what may be published and subscribed to. */
export interface Rules {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

const watch = (thing: string): readonly string[] => ["data/#", "twin/#", "status", "op/#"].map((tail) => `${topicRoot}/${thing}/${tail}`);

const act = (thing: string): readonly string[] => [
  `${topicRoot}/${thing}/twin/+/set`,
  `${topicRoot}/${thing}/op/+/request`,
  `${topicRoot}/${thing}/op/+/cancel`,
];

/** What a role may do with a thing; `+` for all. Links of boards are nobody's but theirs. */
export function rulesOfRole(role: Role, thing: string): Rules {
  return { publish: role === "viewer" ? [] : act(thing), subscribe: watch(thing) };
}

/** What a board may do: its own link and nothing else. */
export function rulesOfBoard(board: string): Rules {
  return { publish: [`${topicRoot}/${board}/link/up`], subscribe: [`${topicRoot}/${board}/link/down`] };
}

/** What the gateway itself does: the links of all boards, and values for its screens. */
export const rulesOfGateway: Rules = {
  publish: [`${topicRoot}/+/link/down`, ...act("+")],
  subscribe: [`${topicRoot}/+/link/up`, ...watch("+")],
};

/** What somebody may do who brings a board that has no account of its own yet: say that it is there. */
export const rulesOfEnrolment: Rules = { publish: [`${topicRoot}/+/link/up`], subscribe: [`${topicRoot}/+/link/down`] };
