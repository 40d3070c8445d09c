import type { EventDocument } from "../../../../../shared/twin/documents/event-document.ts";

const verbs: Readonly<Record<string, string>> = { created: "was made", updated: "was changed", deleted: "was deleted" };

/** An event in a sentence: its own, or one made of what changed. */
export function eventText(event: Pick<EventDocument, "type" | "kind" | "id" | "text" | "mask">): string {
  if (event.text !== undefined && event.text !== "") return event.text;
  const verb = verbs[event.type.slice(event.type.lastIndexOf(".") + 1)];
  const name = `${event.kind} ${event.id}`;
  const subject = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return verb === undefined ? `${subject}: ${event.type}` : `${subject} ${verb}`;
}

/** The page that shows what an event is about. */
export function eventHref(event: Pick<EventDocument, "kind" | "id" | "thing">): string {
  const step = encodeURIComponent;
  switch (event.kind) {
    case "thing":
      return `/things/${step(event.id)}`;
    case "feature": {
      const [thing = "", feature = ""] = event.id.split("/");
      return `/things/${step(thing)}/${step(feature)}`;
    }
    case "board":
      return `/boards/${step(event.id)}`;
    case "operation":
      return "/operations";
    case "user":
    case "grant":
      return "/users";
    case "key":
      return "/keys";
    default:
      return event.thing === undefined ? "/events" : `/things/${step(event.thing)}`;
  }
}

/** Who did it, for people: `user:ada` is `ada`, `system` is `the gateway`. */
export function actorText(actor: string): string {
  if (actor === "system") return "the gateway";
  const colon = actor.indexOf(":");
  const [type, name] = colon < 0 ? ["", actor] : [actor.slice(0, colon), actor.slice(colon + 1)];
  return type === "user" || type === "" ? name : `${type} ${name}`;
}
