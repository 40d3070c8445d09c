import type { ReactElement } from "react";
import { Link } from "wouter";
import type { ThingDocument } from "../../../../../../shared/twin/documents/thing-document.ts";
import { step, withQuery } from "../../data/gateway-client.ts";
import type { Page as ListPage } from "../../data/gateway-types.ts";
import { useResource } from "../../data/use-resource.ts";
import { thingFilter } from "../../logic/filter-text.ts";
import { Card } from "../../ui/card.tsx";
import { Empty } from "../../ui/empty.tsx";
import { WhenLoaded } from "../../ui/loaded.tsx";
import { Tags } from "../../ui/tags.tsx";

/** The things that a board brings. */
export function BoardThings({ board }: { readonly board: string }): ReactElement {
  const things = useResource<ListPage<ThingDocument>>(
    withQuery("/things", { filter: thingFilter({ text: "", board, kind: "" }), limit: 200 }),
  );
  return (
    <Card title="Things" flush>
      <WhenLoaded from={things} rows={2}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon="things" title="It has brought no things yet" />
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
