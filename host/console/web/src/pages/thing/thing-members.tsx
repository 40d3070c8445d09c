import type { ReactElement } from "react";
import { Link } from "wouter";
import type { ThingDocument } from "../../../../../../shared/twin/documents/thing-document.ts";
import { step } from "../../data/gateway-client.ts";
import type { Page as ListPage } from "../../data/gateway-types.ts";
import { useResource } from "../../data/use-resource.ts";
import { Card } from "../../ui/card.tsx";
import { Empty } from "../../ui/empty.tsx";
import { WhenLoaded } from "../../ui/loaded.tsx";
import { Tags } from "../../ui/tags.tsx";

/** What is in a group or site. */
export function ThingMembers({ group }: { readonly group: string }): ReactElement {
  const members = useResource<ListPage<ThingDocument>>(`/things/${step(group)}/members?limit=200`);
  return (
    <Card title="Members" flush>
      <WhenLoaded from={members} rows={3}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon="things" title="Nothing is in this group" />
          ) : (
            <ul className="list linked">
              {items.map((thing) => (
                <li key={thing.id}>
                  <Link href={`/things/${step(thing.id)}`}>
                    <span className="strong">{thing.name}</span>
                    <span className="quiet small grow">{thing.kind}</span>
                    <Tags labels={thing.labels} />
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </WhenLoaded>
    </Card>
  );
}
