import { topicRoot } from "./topic.ts";

/** One row of the documentation of topics. */
export interface TopicRow {
  /** The topic with `<name>` where a name stands. */
  readonly pattern: string;
  /** Who publishes: the board, its clients, or the board's gateway. */
  readonly publisher: "board" | "client" | "gateway";
  readonly qos: 0 | 1;
  readonly retained: boolean;
  readonly payload: "JSON" | "CBOR";
  readonly description: string;
}

const row = (
  tail: string,
  publisher: TopicRow["publisher"],
  qos: TopicRow["qos"],
  retained: boolean,
  payload: TopicRow["payload"],
  description: string,
): TopicRow => Object.freeze({ pattern: `${topicRoot}/${tail}`, publisher, qos, retained, payload, description });

/** Every topic of a board, for documentation and access rules. Kept apart from the grammar: a microcontroller needs that one only. */
export const topicTable: readonly TopicRow[] = Object.freeze([
  row("<thing>/data/<feature>", "board", 0, false, "JSON", "each sample as it comes: value, quality, source and received time"),
  row("<thing>/twin/<feature>/reported", "board", 1, true, "JSON", "the last reported sample of the feature"),
  row("<thing>/twin/<feature>/desired", "board", 1, true, "JSON", "what the feature is meant to be"),
  row(
    "<thing>/twin/<feature>/set",
    "client",
    1,
    false,
    "JSON",
    "ask for another desired value; the answer goes to the response topic that the payload names",
  ),
  row("<thing>/status", "board", 1, true, "JSON", "whether the thing is online, since when, and why not; a board's is its last will"),
  row("<thing>/op/<operation>/request", "client", 1, false, "JSON", "ask for one piece of work that happens once"),
  row("<thing>/op/<operation>/state", "board", 1, false, "JSON", "how far the operation got, and how it ended"),
  row("<thing>/op/<operation>/cancel", "client", 1, false, "JSON", "ask to end the operation early"),
  row("<board>/link/up", "board", 1, false, "CBOR", "announce, welcome, append, live, beat and reply of the journal's uplink"),
  row("<board>/link/down", "gateway", 1, false, "CBOR", "hello, pull, ack, raise, command and beat of the journal's uplink"),
  row("<board>/ota/offer", "gateway", 1, false, "CBOR", "an update that the board may fetch"),
  row("<board>/ota/chunk/request", "board", 1, false, "CBOR", "asks for a range of the offered update"),
  row("<board>/ota/chunk/reply", "gateway", 1, false, "CBOR", "the bytes asked for"),
  row("<board>/ota/state", "board", 1, false, "CBOR", "how far the update got, and how it ended"),
]);
