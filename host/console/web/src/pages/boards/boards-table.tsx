import type { ReactElement } from "react";
import { Link } from "wouter";
import type { BoardView } from "../../../../../../shared/twin/documents/board-document.ts";
import { step } from "../../data/gateway-client.ts";
import { useBoardLink } from "../../data/use-console.ts";
import { formatDuration } from "../../format/format-duration.ts";
import { formatNumber } from "../../format/format-number.ts";
import { streamSummary } from "../../logic/stream-summary.ts";
import { linkStates } from "../../logic/tone.ts";
import { Badge, StateBadge } from "../../ui/badge.tsx";
import { Tags } from "../../ui/tags.tsx";
import { Ago } from "../../ui/time.tsx";

function BoardRow({ board, compact }: { readonly board: BoardView; readonly compact: boolean }): ReactElement {
  const link = useBoardLink(board.id, board.link);
  const streams = streamSummary(link);
  return (
    <tr className="pick">
      <th scope="row">
        <Link className="strong" href={`/boards/${step(board.id)}`}>
          {board.name}
        </Link>
        {board.name === board.id ? null : <div className="small faint">{board.id}</div>}
      </th>
      <td data-name="Link" className="fit">
        <StateBadge state={linkStates[link.state]} reason={link.reason} />
      </td>
      <td data-name="Streams">
        {link.streams.length === 0 ? <span className="faint">–</span> : <Badge tone={streams.tone} word={streams.text} plain />}
      </td>
      <td data-name="Lag" className="num">
        {streams.lag === undefined ? <span className="faint">–</span> : formatDuration(streams.lag)}
      </td>
      {compact ? null : (
        <>
          <td data-name="Remaining" className="num">
            <span>{formatNumber(streams.remaining)}</span>
            {streams.remaining > 0 && streams.eta !== undefined ? (
              <div className="small quiet">{formatDuration(streams.eta)} to go</div>
            ) : null}
          </td>
          <td data-name="Heard" className="fit">
            {link.heardAt === undefined ? <span className="faint">never</span> : <Ago at={link.heardAt} />}
          </td>
          <td data-name="Labels">
            <Tags labels={board.labels} />
          </td>
        </>
      )}
    </tr>
  );
}

/** Boards with their links as they stand. */
export function BoardsTable({
  boards,
  compact = false,
}: {
  readonly boards: readonly BoardView[];
  readonly compact?: boolean;
}): ReactElement {
  return (
    <div className="table-wrap">
      <table className="table fold">
        <thead>
          <tr>
            <th scope="col">Board</th>
            <th scope="col">Link</th>
            <th scope="col">Streams</th>
            <th scope="col" className="num">
              Lag
            </th>
            {compact ? null : (
              <>
                <th scope="col" className="num">
                  Remaining
                </th>
                <th scope="col">Heard</th>
                <th scope="col">Labels</th>
              </>
            )}
          </tr>
        </thead>
        <tbody>
          {boards.map((board) => (
            <BoardRow key={board.id} board={board} compact={compact} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
