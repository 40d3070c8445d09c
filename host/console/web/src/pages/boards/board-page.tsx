import { type ReactElement, useState } from "react";
import { useLocation } from "wouter";
import type { BoardView } from "../../../../../../shared/twin/documents/board-document.ts";
import { step } from "../../data/gateway-client.ts";
import { useAction } from "../../data/use-action.ts";
import { useBoardLink, useConsole, useMe } from "../../data/use-console.ts";
import { useResource } from "../../data/use-resource.ts";
import { whyNot } from "../../logic/permitted.ts";
import { fingerprintGroups } from "../../logic/stream-summary.ts";
import { linkStates } from "../../logic/tone.ts";
import { StateBadge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { WhenLoaded } from "../../ui/loaded.tsx";
import { FailureNotice, Notice } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Tags } from "../../ui/tags.tsx";
import { Ago, Stamp } from "../../ui/time.tsx";
import { AdoptDialog } from "./adopt-dialog.tsx";
import { BoardThings } from "./board-things.tsx";
import { CredentialsDialog } from "./credentials-dialog.tsx";
import { EditBoardDialog } from "./edit-board-dialog.tsx";
import { StreamsTable } from "./streams-table.tsx";

type Open = "edit" | "credentials" | "forget" | "adopt" | undefined;

function Facts({ board }: { readonly board: BoardView }): ReactElement {
  const link = useBoardLink(board.id, board.link);
  return (
    <dl className="facts">
      <dt>Link</dt>
      <dd className="row wrap">
        <StateBadge state={linkStates[link.state]} />
        <span className="small quiet">
          since <Ago at={link.since} />
        </span>
      </dd>
      <dt>Heard</dt>
      <dd>{link.heardAt === undefined ? <span className="faint">never</span> : <Ago at={link.heardAt} />}</dd>
      <dt>Commands waiting</dt>
      <dd>{link.waitingCommands}</dd>
      <dt>Version</dt>
      <dd>{board.version ?? <span className="faint">not said yet</span>}</dd>
      <dt>Address</dt>
      <dd>{board.address ?? <span className="faint">–</span>}</dd>
      <dt>Key</dt>
      <dd className="mono small">
        {board.keyFingerprint === undefined ? (
          <span className="faint">the first that it shows</span>
        ) : (
          fingerprintGroups(board.keyFingerprint).join(" ")
        )}
      </dd>
      <dt>Labels</dt>
      <dd>{Object.keys(board.labels).length === 0 ? <span className="faint">none</span> : <Tags labels={board.labels} />}</dd>
      <dt>Known since</dt>
      <dd>
        <Stamp at={board.createdAt} />
      </dd>
    </dl>
  );
}

/** Why a link is not as it should be, and what that means. */
function LinkNotice({ board }: { readonly board: BoardView }): ReactElement | null {
  const link = useBoardLink(board.id, board.link);
  if (link.state === "online" || link.state === "connecting") return null;
  const { tone, meaning } = linkStates[link.state];
  return (
    <Notice tone={tone}>
      <p>{meaning}</p>
      {link.reason === undefined ? null : <p>{link.reason}</p>}
    </Notice>
  );
}

function Board({ board }: { readonly board: BoardView }): ReactElement {
  const { client, cache } = useConsole();
  const me = useMe();
  const [, go] = useLocation();
  const [open, setOpen] = useState<Open>(undefined);
  const close = (): void => setOpen(undefined);
  const path = `/boards/${step(board.id)}`;
  const refused = whyNot(me, "boards");
  const link = useBoardLink(board.id, board.link);
  const turn = useAction(async () => {
    cache.put(path, await client.patch<BoardView>(path, { enabled: !board.enabled }, board.rev));
    cache.invalidate(["/boards", "/overview"]);
  });
  return (
    <Page
      title={board.name}
      back={{ href: "/boards", words: "Boards" }}
      mark={<StateBadge state={linkStates[link.state]} reason={link.reason} />}
      actions={
        board.state === "discovered" ? (
          <Button kind="primary" icon="plus" whyNot={refused} onClick={() => setOpen("adopt")}>
            Adopt
          </Button>
        ) : (
          <>
            <Button whyNot={refused} busy={turn.busy} onClick={() => void turn.run()}>
              {board.enabled ? "Disable" : "Enable"}
            </Button>
            <Button whyNot={refused} onClick={() => setOpen("credentials")}>
              Credentials
            </Button>
            <Button whyNot={refused} onClick={() => setOpen("edit")}>
              Edit
            </Button>
            <Button kind="danger" whyNot={refused} onClick={() => setOpen("forget")}>
              Forget
            </Button>
          </>
        )
      }
    >
      {turn.failure === undefined ? null : <FailureNotice failure={turn.failure} />}
      <LinkNotice board={board} />
      <div className="split">
        <Card title="Streams" flush>
          <StreamsTable board={board} />
        </Card>
        <Card title="Board">
          <Facts board={board} />
        </Card>
      </div>
      <BoardThings board={board.id} />
      {open === "edit" ? <EditBoardDialog board={board} onClose={close} /> : null}
      {open === "credentials" ? <CredentialsDialog board={board} onClose={close} /> : null}
      {open === "adopt" ? <AdoptDialog board={board} onClose={close} /> : null}
      {open === "forget" ? (
        <ConfirmDialog
          title={`Forget ${board.name}?`}
          act="Forget"
          danger
          onClose={close}
          work={async () => {
            await client.delete(path, board.rev);
            cache.invalidate(["/boards", "/overview"]);
            go("/boards");
          }}
        >
          <p>
            Nothing more is taken from this board. What it brought stays in the history; when it says hello again, it is listed for
            adoption.
          </p>
        </ConfirmDialog>
      ) : null}
    </Page>
  );
}

/** One board: its link, its streams, what it brings, and what can be done with it. */
export function BoardPage({ board }: { readonly board: string }): ReactElement {
  const view = useResource<BoardView>(`/boards/${step(board)}`);
  if (view.data !== undefined) return <Board board={view.data} />;
  return (
    <Page title={board} back={{ href: "/boards", words: "Boards" }}>
      <Card flush>
        <WhenLoaded from={view} rows={6}>
          {() => null}
        </WhenLoaded>
      </Card>
    </Page>
  );
}
