import { EdgeError } from "../base/edge-error.ts";
import { isId } from "../base/id.ts";

/** The side of a feature's twin that a topic speaks of. */
export type TwinPart = "reported" | "desired" | "set";
/** The step of an operation that a topic speaks of. */
export type OperationPart = "request" | "state" | "cancel";
/** Up goes from the board to its gateway. */
export type LinkDirection = "up" | "down";

/** What a topic means. `thing` is the level behind the version; for links and updates it is the board. */
export type TopicAddress =
  | { readonly kind: "data"; readonly thing: string; readonly feature: string }
  | { readonly kind: "twin"; readonly thing: string; readonly feature: string; readonly part: TwinPart }
  | { readonly kind: "status"; readonly thing: string }
  | { readonly kind: "op"; readonly thing: string; readonly operation: string; readonly part: OperationPart }
  | { readonly kind: "link"; readonly thing: string; readonly direction: LinkDirection }
  /** `tail` is one to four levels, as in `chunk/request`; those in use are in the topic table. */
  | { readonly kind: "ota"; readonly thing: string; readonly tail: string };

/** First levels of all topics: the product and the version of this grammar. */
export const topicRoot = "penstock/v1";

const prefix = `${topicRoot}/`;
const longestTail = 4;
/** One more than the longest topic has behind the prefix, so that a text of slashes is not split into thousands of pieces. */
const splitLimit = 2 + longestTail + 1;

/** A name of the address cannot stand in a topic. */
export class TopicInvalid extends EdgeError {
  readonly code = "EDGE_TOPIC_INVALID";
  constructor(topic: string) {
    super(`"${topic}" is no topic: expected names of 1 to 64 letters, digits and : . _ -, the first a letter or digit`);
  }
}

/** The topic of an address; `parseTopic` gives the address back. @throws {TopicInvalid} a name is not an id */
export function buildTopic(address: TopicAddress): string {
  return join(address, isId, isTail);
}

/**
 * The subscription filter of an address in which `+` may stand for any name and `#` for the tail of an update topic.
 * @throws {TopicInvalid} a name is neither an id nor `+`
 */
export function topicFilter(address: TopicAddress): string {
  return join(
    address,
    (name) => name === "+" || isId(name),
    (tail) => tail === "#" || isTail(tail),
  );
}

/** What `topic` means, or `undefined` when it is none of ours. Never throws; its cost does not grow with the length of the topic. */
export function parseTopic(topic: string): TopicAddress | undefined {
  if (!topic.startsWith(prefix)) return undefined;
  const levels = topic.slice(prefix.length).split("/", splitLimit);
  const [thing, kind, name, part] = levels;
  if (thing === undefined || name === undefined)
    return kind === "status" && thing !== undefined && isId(thing) ? { kind, thing } : undefined;
  if (!isId(thing) || !isId(name)) return undefined;
  switch (kind) {
    case "data":
      return levels.length === 3 ? { kind, thing, feature: name } : undefined;
    case "twin":
      return levels.length === 4 && (part === "reported" || part === "desired" || part === "set")
        ? { kind, thing, feature: name, part }
        : undefined;
    case "op":
      return levels.length === 4 && (part === "request" || part === "state" || part === "cancel")
        ? { kind, thing, operation: name, part }
        : undefined;
    case "link":
      return levels.length === 3 && (name === "up" || name === "down") ? { kind, thing, direction: name } : undefined;
    case "ota":
      return levels.length < splitLimit && levels.slice(3).every(isId) ? { kind, thing, tail: levels.slice(2).join("/") } : undefined;
    default:
      return undefined;
  }
}

function isTail(tail: string): boolean {
  const levels = tail.split("/", longestTail + 1);
  return levels.length <= longestTail && levels.every(isId);
}

function join(address: TopicAddress, nameFits: (name: string) => boolean, tailFits: (tail: string) => boolean): string {
  const topic = `${prefix}${address.thing}/${tailOf(address)}`;
  const fits =
    address.kind === "data" || address.kind === "twin"
      ? nameFits(address.feature)
      : address.kind === "op"
        ? nameFits(address.operation)
        : address.kind !== "ota" || tailFits(address.tail);
  if (!fits || !nameFits(address.thing)) throw new TopicInvalid(topic);
  return topic;
}

function tailOf(address: TopicAddress): string {
  switch (address.kind) {
    case "data":
      return `data/${address.feature}`;
    case "twin":
      return `twin/${address.feature}/${address.part}`;
    case "status":
      return "status";
    case "op":
      return `op/${address.operation}/${address.part}`;
    case "link":
      return `link/${address.direction}`;
    case "ota":
      return `ota/${address.tail}`;
  }
}
