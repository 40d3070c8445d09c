import type { ReactElement } from "react";
import type { BoardView } from "../../../../../../shared/twin/documents/board-document.ts";
import { useBoardLink } from "../../data/use-console.ts";
import { formatDuration } from "../../format/format-duration.ts";
import { formatNumber } from "../../format/format-number.ts";
import { streamStates } from "../../logic/tone.ts";
import { StateBadge } from "../../ui/badge.tsx";
import { Empty } from "../../ui/empty.tsx";

/** The streams of a board: how far each is, and how long it takes to catch up. */
export function StreamsTable({ board }: { readonly board: BoardView }): ReactElement {
  const { streams } = useBoardLink(board.id, board.link);
  if (streams.length === 0)
    return (
      <Empty icon="operations" title="No streams yet">
        Streams are listed as soon as the board has told what it records.
      </Empty>
    );
  return (
    <div className="table-wrap">
      <table className="table fold">
        <thead>
          <tr>
            <th scope="col">Stream</th>
            <th scope="col">State</th>
            <th scope="col" className="num">
              Lag
            </th>
            <th scope="col" className="num">
              Remaining
            </th>
            <th scope="col" className="num">
              Time to catch up
            </th>
            <th scope="col" className="num">
              Kept to
            </th>
            <th scope="col" className="num">
              Gaps
            </th>
          </tr>
        </thead>
        <tbody>
          {streams.map((stream) => (
            <tr key={stream.id}>
              <th scope="row" className="strong nowrap">
                {stream.id}
              </th>
              <td data-name="State" className="fit">
                <StateBadge state={streamStates[stream.state]} reason={stream.reason} />
              </td>
              <td data-name="Lag" className="num">
                {stream.lag === undefined ? "–" : formatDuration(stream.lag)}
              </td>
              <td data-name="Remaining" className="num">
                {formatNumber(stream.remaining)}
              </td>
              <td data-name="Time to catch up" className="num">
                {stream.remaining === 0 ? "–" : stream.eta === undefined ? "unknown" : formatDuration(stream.eta)}
              </td>
              <td data-name="Kept to" className="num quiet" title="term and number of the newest record that is kept">
                {stream.cursor.term}.{formatNumber(stream.cursor.seq)}
              </td>
              <td data-name="Gaps" className="num">
                {stream.gaps}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
