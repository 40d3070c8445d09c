import { type ReactElement, useState } from "react";
import type { BoardView } from "../../../../../../shared/twin/documents/board-document.ts";
import type { Page as ListPage } from "../../data/gateway-types.ts";
import { useMe } from "../../data/use-console.ts";
import { useResource } from "../../data/use-resource.ts";
import { whyNot } from "../../logic/permitted.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Empty } from "../../ui/empty.tsx";
import { WhenLoaded } from "../../ui/loaded.tsx";
import { Page } from "../../ui/page.tsx";
import { Ago } from "../../ui/time.tsx";
import { AddBoardDialog } from "./add-board-dialog.tsx";
import { AdoptDialog } from "./adopt-dialog.tsx";
import { BoardsTable } from "./boards-table.tsx";

function Discovered({ boards }: { readonly boards: readonly BoardView[] }): ReactElement | null {
  const me = useMe();
  const [adopting, setAdopting] = useState<string | undefined>(undefined);
  const board = boards.find(({ id }) => id === adopting);
  if (boards.length === 0) return null;
  return (
    <Card
      title={
        <span className="row">
          Discovered <Badge tone="info" word={`${boards.length} to adopt`} />
        </span>
      }
      flush
    >
      <ul className="list">
        {boards.map((found) => (
          <li key={found.id}>
            <div className="row wrap between loose">
              <div className="grow">
                <p className="strong">{found.id}</p>
                <p className="small quiet">
                  {[found.address, found.version === undefined ? undefined : `version ${found.version}`]
                    .filter((part) => part !== undefined)
                    .join(" · ")}
                  {found.discoveredAt === undefined ? null : (
                    <>
                      {" · said hello "}
                      <Ago at={found.discoveredAt} />
                    </>
                  )}
                </p>
                {found.keyFingerprint === undefined ? null : <p className="small quiet mono cut">{found.keyFingerprint}</p>}
              </div>
              <Button kind="primary" icon="plus" whyNot={whyNot(me, "boards")} onClick={() => setAdopting(found.id)}>
                Adopt
              </Button>
            </div>
          </li>
        ))}
      </ul>
      {board === undefined ? null : <AdoptDialog board={board} onClose={() => setAdopting(undefined)} />}
    </Card>
  );
}

/** All boards: those that wait for adoption first, then those that are served. */
export function BoardsPage(): ReactElement {
  const me = useMe();
  const boards = useResource<ListPage<BoardView>>("/boards?limit=500");
  const [adding, setAdding] = useState(false);
  const found = boards.data?.items.filter(({ state }) => state === "discovered") ?? [];
  return (
    <Page
      title="Boards"
      actions={
        <Button icon="plus" whyNot={whyNot(me, "boards")} onClick={() => setAdding(true)}>
          Add board
        </Button>
      }
    >
      <Discovered boards={found} />
      <Card flush>
        <WhenLoaded from={boards} rows={4}>
          {({ items }) => {
            const adopted = items.filter(({ state }) => state === "adopted");
            return adopted.length === 0 ? (
              <Empty icon="boards" title="No boards yet">
                A board that says hello to the gateway is listed here for adoption. You can also name one before it is there.
              </Empty>
            ) : (
              <BoardsTable boards={adopted} />
            );
          }}
        </WhenLoaded>
      </Card>
      {adding ? <AddBoardDialog onClose={() => setAdding(false)} /> : null}
    </Page>
  );
}
