import test from "ava";
import { actorText, eventHref, eventText } from "../../../../../host/console/web/src/logic/event-text.ts";

test("an event is told by its own sentence, or by what changed", (t) => {
  t.is(eventText({ type: "board.lost", kind: "board", id: "b", text: "Board b was lost" }), "Board b was lost");
  t.is(eventText({ type: "thing.updated", kind: "thing", id: "pump", mask: ["name"] }), "Thing pump was changed");
});

test("an event leads to the page of what it is about", (t) => {
  t.is(eventHref({ kind: "feature", id: "pump/level" }), "/things/pump/level");
  t.is(eventHref({ kind: "board", id: "b-1" }), "/boards/b-1");
  t.is(eventHref({ kind: "record", id: "x", thing: "pump" }), "/things/pump");
});

test("people are told by their names, machines by what they are", (t) => {
  t.deepEqual(["user:ada", "key:k1", "system"].map(actorText), ["ada", "key k1", "the gateway"]);
});
