import type { ReactElement } from "react";
import { Link } from "wouter";
import type { EventDocument } from "../../../../../../shared/twin/documents/event-document.ts";
import { actorText, eventHref, eventText } from "../../logic/event-text.ts";
import { severityStates } from "../../logic/tone.ts";
import { StateBadge } from "../../ui/badge.tsx";
import { Stamp } from "../../ui/time.tsx";

const short = (hash: string): string => hash.slice(0, 8);

/** One event: how grave, what, about what, by whom, and which fields it changed. */
export function EventLine({ event, fresh }: { readonly event: EventDocument; readonly fresh: boolean }): ReactElement {
  return (
    <li className={fresh ? "event-line fresh" : "event-line"}>
      <StateBadge state={severityStates[event.severity]} />
      <span className="text">{eventText(event)}</span>
      <span className="when small quiet">
        <Stamp at={event.at} />
      </span>
      <span className="meta">
        <Link href={eventHref(event)}>
          {event.kind} {event.id}
        </Link>
        <span>by {actorText(event.actor)}</span>
        {event.mask === undefined || event.mask.length === 0 ? null : <span>changed {event.mask.join(", ")}</span>}
        {event.before === undefined && event.after === undefined ? null : (
          <span className="mono" title={`SHA-256 of the document before and after:\n${event.before ?? "–"}\n${event.after ?? "–"}`}>
            {event.before === undefined ? "new" : short(event.before)} → {event.after === undefined ? "gone" : short(event.after)}
          </span>
        )}
        <span className="faint">
          {event.type} · {event.seq}
        </span>
      </span>
    </li>
  );
}
