import type { ReactElement } from "react";
import { Link } from "wouter";
import type { Notices, Overview } from "../../data/gateway-types.ts";
import { type Loaded, useResource } from "../../data/use-resource.ts";
import { eventHref, eventText } from "../../logic/event-text.ts";
import { severityStates } from "../../logic/tone.ts";
import { Card } from "../../ui/card.tsx";
import { Empty } from "../../ui/empty.tsx";
import { WhenLoaded } from "../../ui/loaded.tsx";
import { StateMark } from "../../ui/state-mark.tsx";
import { Ago } from "../../ui/time.tsx";

const most = 7;

/** Alarms first, then the newest notices. */
export function AttentionList({ overview }: { readonly overview: Loaded<Overview> }): ReactElement {
  const notices = useResource<Notices>("/notices?limit=20");
  return (
    <Card title="Alarms and notices" actions={<Link href="/events">All events</Link>} flush>
      <WhenLoaded from={notices} rows={3}>
        {({ items }) => {
          const alarms = overview.data?.alarms ?? [];
          const known = new Set(alarms.map(({ seq }) => seq));
          const list = [...alarms, ...items.filter(({ seq }) => !known.has(seq))].slice(0, most);
          if (list.length === 0) return <Empty icon="check" title="Nothing needs you" />;
          return (
            <ul className="list linked">
              {list.map((event) => (
                <li key={event.seq}>
                  <Link href={eventHref(event)}>
                    <StateMark tone={severityStates[event.severity].tone} />
                    <span className="hidden">{event.severity}</span>
                    <span className="grow">{eventText(event)}</span>
                    <span className="small quiet">
                      <Ago at={event.at} />
                    </span>
                  </Link>
                </li>
              ))}
            </ul>
          );
        }}
      </WhenLoaded>
    </Card>
  );
}
