import { type ReactElement, useState } from "react";
import type { EventDocument, Severity } from "../../../../../../shared/twin/documents/event-document.ts";
import { withQuery } from "../../data/gateway-client.ts";
import { useResource } from "../../data/use-resource.ts";
import { severityStates } from "../../logic/tone.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Choices } from "../../ui/choices.tsx";
import { Empty } from "../../ui/empty.tsx";
import { WhenLoaded } from "../../ui/loaded.tsx";
import { Page } from "../../ui/page.tsx";
import { EventLine } from "./event-line.tsx";

interface EventWindow {
  readonly items: readonly EventDocument[];
  readonly oldest: number;
  readonly newest: number;
}

const size = 200;
/** As many as one answer holds: the newest window grows by what happens while it is shown. */
const most = 500;
const severities: readonly Severity[] = ["info", "notice", "warning", "alarm"];

/** What happened, newest first and live; older pages on demand. */
export function EventsPage(): ReactElement {
  const [least, setLeast] = useState<Severity>("info");
  const [kind, setKind] = useState("");
  const [end, setEnd] = useState<number | undefined>(undefined);
  const head = useResource<EventWindow>("/events?after=0&limit=1").data;
  const [anchor, setAnchor] = useState<number | undefined>(undefined);
  if (anchor === undefined && head !== undefined) setAnchor(head.newest);
  const from = anchor === undefined ? undefined : Math.max(0, (end ?? anchor) - size);
  const window = useResource<EventWindow>(
    from === undefined ? undefined : withQuery("/events", { after: from, limit: end === undefined ? most : size }),
  );
  const items = window.data?.items ?? [];
  const kinds = [...new Set(items.map((event) => event.kind))].sort();
  const shown = items
    .filter((event) => severities.indexOf(event.severity) >= severities.indexOf(least) && (kind === "" || event.kind === kind))
    .reverse();
  const older = from !== undefined && from >= (head?.oldest ?? 1);
  return (
    <Page title="Events">
      <div className="filters">
        <Choices
          label="Severity"
          value={least}
          options={severities.map((name) => [
            name,
            name === "info"
              ? "All"
              : name === "alarm"
                ? "Alarms"
                : `${severityStates[name].word.replace(/^./, (first) => first.toUpperCase())}s and up`,
          ])}
          onPick={setLeast}
        />
        <select className="input" aria-label="About" value={kind} onChange={(event) => setKind(event.currentTarget.value)}>
          <option value="">About anything</option>
          {kinds.map((name) => (
            <option key={name} value={name}>
              {name}s
            </option>
          ))}
        </select>
      </div>
      <Card
        flush
        foot={
          <>
            <span>{end === undefined ? "Newest first; new ones come by themselves" : `Up to event ${end}`}</span>
            <span className="row">
              <Button
                disabled={end === undefined}
                onClick={() => {
                  setEnd(undefined);
                  setAnchor(undefined);
                }}
              >
                Newest
              </Button>
              <Button disabled={!older} onClick={() => setEnd(from)}>
                Older
              </Button>
            </span>
          </>
        }
      >
        <WhenLoaded from={window} rows={8}>
          {() =>
            shown.length === 0 ? (
              <Empty icon="events" title="No such events">
                {older ? "There may be older ones." : "What happens is listed here as it happens."}
              </Empty>
            ) : (
              <ul className="list">
                {shown.map((event) => (
                  <EventLine key={event.seq} event={event} fresh={anchor !== undefined && event.seq > anchor} />
                ))}
              </ul>
            )
          }
        </WhenLoaded>
      </Card>
    </Page>
  );
}
