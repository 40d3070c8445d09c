import type { ReactElement } from "react";
import type { BoardView } from "../../../../../../shared/twin/documents/board-document.ts";
import type { ThingDocument } from "../../../../../../shared/twin/documents/thing-document.ts";
import type { Page as ListPage, Overview } from "../../data/gateway-types.ts";
import { useResource } from "../../data/use-resource.ts";
import { Card } from "../../ui/card.tsx";
import { Empty } from "../../ui/empty.tsx";
import { WhenLoaded } from "../../ui/loaded.tsx";
import { Page } from "../../ui/page.tsx";
import { BoardsTable } from "../boards/boards-table.tsx";
import { AttentionList } from "./attention-list.tsx";
import { OverviewTiles } from "./overview-tiles.tsx";
import { ThingCards } from "./thing-cards.tsx";

const mostCards = 12;

/** How the plant is: in figures, what needs somebody, its boards, and the first of its things as they run. */
export function OverviewPage(): ReactElement {
  const overview = useResource<Overview>("/overview", 10_000);
  const boards = useResource<ListPage<BoardView>>("/boards?limit=100");
  const things = useResource<ListPage<ThingDocument>>(`/things?limit=${mostCards}`);
  return (
    <Page title="Overview">
      <OverviewTiles overview={overview.data} failure={overview.failure} />
      <div className="split">
        <Card title="Boards" flush>
          <WhenLoaded from={boards} rows={3}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty icon="boards" title="No boards yet">
                  A board that says hello to the gateway is listed here for adoption.
                </Empty>
              ) : (
                <BoardsTable boards={items} compact />
              )
            }
          </WhenLoaded>
        </Card>
        <AttentionList overview={overview} />
      </div>
      <WhenLoaded from={things} outline={<div className="thing-grid" />}>
        {({ items, total }) => <ThingCards things={items} total={total ?? items.length} />}
      </WhenLoaded>
    </Page>
  );
}
