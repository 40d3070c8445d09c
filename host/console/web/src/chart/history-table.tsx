import type { ReactElement } from "react";
import type { BucketView } from "../../../../../shared/console/api/record-api.ts";
import { formatDuration } from "../format/format-duration.ts";
import { formatValue } from "../format/format-value.ts";
import { changesOf } from "../logic/changes-of.ts";
import { qualityStates } from "../logic/tone.ts";
import { StateBadge } from "../ui/badge.tsx";
import { Stamp } from "../ui/time.tsx";

const mostRows = 200;

/** The same history as a table, newest first; also for values that no line can be drawn of. */
export function HistoryTable({
  buckets,
  width,
  unit,
}: {
  readonly buckets: readonly BucketView[];
  readonly width: number;
  readonly unit: string;
}): ReactElement {
  const numbers = buckets.some(({ mean }) => mean !== undefined);
  const rows = (numbers ? buckets : changesOf(buckets)).slice(-mostRows).reverse();
  const tail = unit === "" ? "" : `, ${unit}`;
  return (
    <div className="table-wrap history-table">
      <table className="table">
        <caption className="hidden">{numbers ? `Spans of ${formatDuration(width)}` : "Changes"}, newest first</caption>
        <thead>
          <tr>
            <th scope="col">{numbers ? "Until" : "By"}</th>
            {numbers ? (
              <>
                <th scope="col" className="num">
                  Mean{tail}
                </th>
                <th scope="col" className="num">
                  Least
                </th>
                <th scope="col" className="num">
                  Most
                </th>
              </>
            ) : (
              <th scope="col">Last value{tail}</th>
            )}
            <th scope="col">Quality</th>
            {numbers ? (
              <th scope="col" className="num">
                Readings
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {rows.map((bucket) => (
            <tr key={bucket.from}>
              <th scope="row" className="fit">
                <Stamp at={bucket.lastAt ?? bucket.from + width} />
              </th>
              {numbers ? (
                <>
                  <td className="num">{formatValue(bucket.mean)}</td>
                  <td className="num">{formatValue(bucket.min)}</td>
                  <td className="num">{formatValue(bucket.max)}</td>
                </>
              ) : (
                <td>{formatValue(bucket.last)}</td>
              )}
              <td>
                <StateBadge state={qualityStates[bucket.quality]} plain />
              </td>
              {numbers ? <td className="num">{bucket.count}</td> : null}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
