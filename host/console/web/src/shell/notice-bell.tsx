import type { ReactElement } from "react";
import { Link } from "wouter";
import type { Notices } from "../data/gateway-types.ts";
import { useAction } from "../data/use-action.ts";
import { useConsole } from "../data/use-console.ts";
import { useResource } from "../data/use-resource.ts";
import { eventHref, eventText } from "../logic/event-text.ts";
import { severityStates } from "../logic/tone.ts";
import { Badge } from "../ui/badge.tsx";
import { Button, IconButton } from "../ui/button.tsx";
import { Empty } from "../ui/empty.tsx";
import { Menu } from "../ui/menu.tsx";
import { Ago } from "../ui/time.tsx";

const path = "/notices?limit=20";

/** What was discovered or changed and not yet read. */
export function NoticeBell(): ReactElement {
  const { client, cache } = useConsole();
  const notices = useResource<Notices>(path);
  const unread = notices.data?.unread ?? 0;
  const items = notices.data?.items ?? [];
  const newest = items[0]?.seq;
  const read = useAction(async () => {
    await client.post("/notices/read", { seq: newest });
    cache.reload(path);
  });
  return (
    <Menu
      wide
      label="Notices"
      button={(open, toggle) => (
        <IconButton icon="bell" label={unread === 0 ? "Notices" : `Notices, ${unread} unread`} aria-expanded={open} onClick={toggle}>
          {unread === 0 ? null : (
            <span className="count dot-count" aria-hidden="true">
              {unread > 99 ? "99+" : unread}
            </span>
          )}
        </IconButton>
      )}
    >
      {(close) => (
        <>
          <div className="menu-note row between">
            <h2>Notices</h2>
            <Button kind="bare" icon="check" disabled={unread === 0} busy={read.busy} onClick={() => void read.run()}>
              Mark all as read
            </Button>
          </div>
          {items.length === 0 ? (
            <Empty icon="bell" title="Nothing to report" />
          ) : (
            <ul className="list notice-list">
              {items.map((event) => (
                <li key={event.seq} className="notice-item">
                  <div className="row between">
                    <Badge tone={severityStates[event.severity].tone} word={severityStates[event.severity].word} plain />
                    <span className="small quiet row">
                      {event.seq > (notices.data?.read ?? 0) ? <span className="strong toned tone-info">unread</span> : null}
                      <Ago at={event.at} />
                    </span>
                  </div>
                  <Link href={eventHref(event)} onClick={close}>
                    {eventText(event)}
                  </Link>
                </li>
              ))}
            </ul>
          )}
          <hr />
          <Link className="menu-item" href="/events" onClick={close}>
            All events
          </Link>
        </>
      )}
    </Menu>
  );
}
