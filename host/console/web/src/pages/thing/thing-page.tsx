import { type ReactElement, useMemo, useState } from "react";
import { Link } from "wouter";
import type { FeatureOfThing } from "../../../../../../shared/twin/documents/feature-of-thing-document.ts";
import type { ThingDocument } from "../../../../../../shared/twin/documents/thing-document.ts";
import { step } from "../../data/gateway-client.ts";
import type { Page as ListPage } from "../../data/gateway-types.ts";
import { useBoardOf } from "../../data/use-board-of.ts";
import { useBoardLink, useMe } from "../../data/use-console.ts";
import { useLiveThings } from "../../data/use-live.ts";
import { useResource } from "../../data/use-resource.ts";
import { whyNot } from "../../logic/permitted.ts";
import { linkStates } from "../../logic/tone.ts";
import { Badge, StateBadge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Empty } from "../../ui/empty.tsx";
import { WhenLoaded } from "../../ui/loaded.tsx";
import { Page } from "../../ui/page.tsx";
import { Tags } from "../../ui/tags.tsx";
import { ThingQuality } from "../things/thing-quality.tsx";
import { EditThingDialog } from "./edit-thing-dialog.tsx";
import { FeatureDetail } from "./feature-detail.tsx";
import { FeatureList } from "./feature-list.tsx";
import { ThingMembers } from "./thing-members.tsx";

function BoardState({ thing }: { readonly thing: string }): ReactElement | null {
  const board = useBoardOf(thing);
  const link = useBoardLink(board?.id ?? "", board?.link ?? { state: "connecting", since: 0, waitingCommands: 0, streams: [] });
  if (board === undefined) return null;
  return (
    <span className="row small">
      <Link href={`/boards/${step(board.id)}`}>{board.name}</Link>
      <StateBadge state={linkStates[link.state]} reason={link.reason} />
    </span>
  );
}

/** A thing: all its features as they stream, and one of them in full. */
export function ThingPage({ thing, feature }: { readonly thing: string; readonly feature: string | undefined }): ReactElement {
  const me = useMe();
  const document = useResource<ThingDocument>(`/things/${step(thing)}`);
  const features = useResource<ListPage<FeatureOfThing>>(`/things/${step(thing)}/features?limit=500`);
  const wanted = useMemo(() => [thing], [thing]);
  useLiveThings(wanted);
  const [editing, setEditing] = useState(false);
  const items = features.data?.items;
  const first = items?.find(({ owner, traits }) => owner === "board" && traits.type === "number") ?? items?.[0];
  const shown = feature === undefined ? first : items?.find(({ id }) => id === feature);
  const group = document.data?.kind === "group" || document.data?.kind === "site";
  return (
    <Page
      title={document.data?.name ?? thing}
      back={{ href: "/things", words: "Things" }}
      mark={
        <span className="row wrap">
          {items === undefined || items.length === 0 ? null : <ThingQuality thing={thing} features={items} />}
          {document.data?.lifecycle.reported === "deleting" ? <Badge tone="warn" word="being deleted" /> : null}
          <BoardState thing={thing} />
          {document.data === undefined ? null : <Tags labels={document.data.labels} />}
        </span>
      }
      actions={
        document.data === undefined ? null : (
          <Button whyNot={whyNot(me, "editThing", thing)} onClick={() => setEditing(true)}>
            Edit
          </Button>
        )
      }
      lead={document.data?.description}
    >
      {document.failure !== undefined && document.data === undefined ? (
        <Card flush>
          <WhenLoaded from={document}>{() => null}</WhenLoaded>
        </Card>
      ) : (
        <>
          {group ? <ThingMembers group={thing} /> : null}
          <div className={feature === undefined ? "thing-panes" : "thing-panes open"}>
            <div className="card feature-pane">
              <WhenLoaded from={features} rows={10}>
                {(page) =>
                  page.items.length === 0 ? (
                    <Empty icon="things" title="No features">
                      {group ? "A group has members; its features are theirs." : "What a board measures of this thing is listed here."}
                    </Empty>
                  ) : (
                    <FeatureList thing={thing} features={page.items} shown={shown?.id} />
                  )
                }
              </WhenLoaded>
            </div>
            {shown !== undefined ? (
              <FeatureDetail key={shown.id} feature={shown} chosen={feature !== undefined} />
            ) : feature !== undefined && items !== undefined ? (
              <Card>
                <Empty icon="search" title={`There is no feature ${feature}`} />
              </Card>
            ) : (
              <div />
            )}
          </div>
        </>
      )}
      {editing && document.data !== undefined ? <EditThingDialog thing={document.data} onClose={() => setEditing(false)} /> : null}
    </Page>
  );
}
