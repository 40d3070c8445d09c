import type { EventDocument } from "../../../../../shared/twin/documents/event-document.ts";

/** Beginnings of the paths whose answers an event makes out of date. Events without a change to a document touch only lists of events. */
export function stalePaths(event: Pick<EventDocument, "kind" | "id" | "thing" | "severity">): readonly string[] {
  const paths = ["/events", "/audit"];
  if (event.severity !== "info") paths.push("/notices", "/overview");
  switch (event.kind) {
    case "thing":
      paths.push("/things", "/overview");
      break;
    case "feature": {
      const thing = event.thing ?? event.id.split("/")[0] ?? "";
      paths.push(`/things/${encodeURIComponent(thing)}/features`, "/features");
      break;
    }
    case "board":
      paths.push("/boards", "/overview", "/node");
      break;
    case "operation":
      paths.push("/operations", "/overview");
      if (event.thing !== undefined) paths.push(`/things/${encodeURIComponent(event.thing)}/features`);
      break;
    case "relation":
      paths.push("/relations", "/things");
      break;
    case "user":
    case "key":
    case "grant":
      paths.push("/users", "/keys", "/grants");
      break;
    default:
      paths.push(`/${event.kind}s`);
  }
  return paths;
}

/** True when an answer to `path` may be another after what made `stale` out of date. */
export function isStale(path: string, stale: readonly string[]): boolean {
  return stale.some((begin) => path === begin || path.startsWith(`${begin}/`) || path.startsWith(`${begin}?`));
}
