import type { ReactElement, ReactNode } from "react";
import { Link } from "wouter";
import type { Overview } from "../../data/gateway-types.ts";
import type { RequestFailed } from "../../data/request-failed.ts";
import { formatNumber } from "../../format/format-number.ts";
import { qualityStates } from "../../logic/tone.ts";
import { Badge } from "../../ui/badge.tsx";
import { FailureNotice } from "../../ui/notice.tsx";

const qualities = ["good", "uncertain", "stale", "bad"] as const;

function Tile(props: {
  readonly href: string;
  readonly title: string;
  readonly big: ReactNode;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <Link className="card tile" href={props.href}>
      <span className="title">{props.title}</span>
      <span className="big">{props.big}</span>
      <span className="note">{props.children}</span>
    </Link>
  );
}

const dash = <span className="faint">–</span>;

/** The plant in four figures. */
export function OverviewTiles({
  overview,
  failure,
}: {
  readonly overview: Overview | undefined;
  readonly failure: RequestFailed | undefined;
}): ReactElement {
  if (overview === undefined && failure !== undefined && !failure.away) return <FailureNotice failure={failure} />;
  const { boards, qualities: counts, alarms, operations } = overview ?? {};
  const values = counts === undefined ? 0 : counts.good + counts.uncertain + counts.bad + counts.stale;
  const share = counts === undefined || values === 0 ? undefined : Math.floor((counts.good / values) * 1000) / 10;
  return (
    <div className="tiles" aria-busy={overview === undefined}>
      <Tile
        href="/boards"
        title="Boards online"
        big={
          boards === undefined ? (
            dash
          ) : (
            <>
              {boards.online} <small>of {boards.total}</small>
            </>
          )
        }
      >
        {boards !== undefined && boards.lost > 0 ? <Badge tone="stale" word={`${boards.lost} lost`} plain /> : null}
        {boards !== undefined && boards.discovered > 0 ? <Badge tone="info" word={`${boards.discovered} to adopt`} plain /> : null}
        {boards !== undefined && boards.lost === 0 && boards.discovered === 0 ? "all as they should be" : null}
      </Tile>
      <Tile
        href="/things"
        title="Values that are good"
        big={
          share === undefined ? (
            dash
          ) : (
            <>
              {share === 100 ? "100" : share.toFixed(1)} <small>% of {formatNumber(values)}</small>
            </>
          )
        }
      >
        {counts === undefined
          ? null
          : qualities
              .filter((quality) => quality !== "good" && counts[quality] > 0)
              .map((quality) => <Badge key={quality} tone={qualityStates[quality].tone} word={`${counts[quality]} ${quality}`} plain />)}
        {counts !== undefined && counts.good === values ? (values === 0 ? "none measured yet" : "all of them") : null}
      </Tile>
      <Tile href="/events" title="Alarms" big={alarms === undefined ? dash : alarms.length}>
        {alarms === undefined ? null : alarms.length === 0 ? "nothing needs somebody" : <Badge tone="bad" word="needs somebody" plain />}
      </Tile>
      <Tile href="/operations" title="Open operations" big={operations === undefined ? dash : operations.open}>
        {operations === undefined ? null : operations.failed === 0 ? (
          "none failed"
        ) : (
          <Badge tone="bad" word={`${operations.failed} failed`} plain />
        )}
      </Tile>
    </div>
  );
}
