import type { ReactElement, ReactNode } from "react";
import type { NodeFacts } from "../../../../../../shared/console/gateway-ports.ts";
import { useNow } from "../../data/use-console.ts";
import { useResource } from "../../data/use-resource.ts";
import { formatBytes, formatShare } from "../../format/format-bytes.ts";
import { formatDuration } from "../../format/format-duration.ts";
import type { Tone } from "../../logic/tone.ts";
import { Badge } from "../../ui/badge.tsx";
import { Card } from "../../ui/card.tsx";
import { WhenLoaded } from "../../ui/loaded.tsx";
import { Meter } from "../../ui/meter.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Stamp } from "../../ui/time.tsx";
import { FactList } from "./fact-list.tsx";

const toneOf = (share: number): Tone => (share > 0.95 ? "bad" : share > 0.85 ? "warn" : "good");

function Usage({ name, share, children }: { readonly name: string; readonly share: number; readonly children: ReactNode }): ReactElement {
  const tone = toneOf(share);
  return (
    <div className="usage">
      <div className="row">
        <span className="strong">{name}</span>
        <span className="row small">
          {tone === "good" ? null : <Badge tone={tone} word={tone === "bad" ? "full" : "high"} plain />}
          {formatShare(share)}
        </span>
      </div>
      <Meter parts={[{ tone: tone === "good" ? "busy" : tone, size: share }]} whole={1} label={`${name}: ${formatShare(share)}`} />
      <span className="small quiet">{children}</span>
    </div>
  );
}

function Problems({ problems }: { readonly problems: NodeFacts["problems"] }): ReactElement {
  if (problems.length === 0)
    return (
      <Notice tone="good">
        <p>Everything works as it should.</p>
      </Notice>
    );
  return (
    <div className="stack tight">
      {problems.map(({ part, text, remedy }) => (
        <Notice key={`${part} ${text}`} tone="warn">
          <p>
            <span className="strong">{part}</span>: {text}
          </p>
          {remedy === undefined ? null : <p>{remedy}</p>}
        </Notice>
      ))}
    </div>
  );
}

function Node({ facts }: { readonly facts: NodeFacts }): ReactElement {
  const now = useNow();
  const { memory, disk, clock } = facts;
  const share = (part: number, whole: number): number => (whole === 0 ? 0 : Math.min(1, Math.max(0, part / whole)));
  return (
    <>
      <Problems problems={facts.problems} />
      <div className="node-grid">
        <Card title="Machine">
          <div className="stack">
            <Usage name="Processors" share={share(facts.cpu, 1)}>
              {facts.cpus} {facts.cpus === 1 ? "processor" : "processors"}; the gateway takes {formatShare(facts.ownCpu)}; load{" "}
              {facts.load.map((load) => load.toFixed(2)).join(" · ")}
            </Usage>
            <Usage name="Memory" share={share(memory.total - memory.free, memory.total)}>
              {formatBytes(memory.free)} of {formatBytes(memory.total)} free; the gateway takes {formatBytes(memory.own)}
            </Usage>
            <Usage name="Disk" share={share(disk.total - disk.free, disk.total)}>
              {formatBytes(disk.free)} of {formatBytes(disk.total)} free; the data takes {formatBytes(disk.data)}
            </Usage>
          </div>
        </Card>
        <Card title="Gateway">
          <dl className="facts">
            <dt>Id</dt>
            <dd>{facts.id}</dd>
            <dt>Version</dt>
            <dd>{facts.version}</dd>
            <dt>Running since</dt>
            <dd>
              <Stamp at={facts.startedAt} /> <span className="quiet">({formatDuration(now - facts.startedAt)})</span>
            </dd>
            <dt>Host</dt>
            <dd>{facts.hostname}</dd>
            <dt>Addresses</dt>
            <dd>{facts.addresses.length === 0 ? <span className="faint">none</span> : facts.addresses.join(", ")}</dd>
            <dt>System</dt>
            <dd>
              {facts.os}, {facts.arch}
            </dd>
            <dt>Node</dt>
            <dd>{facts.node}</dd>
            <dt>Clock</dt>
            <dd className="row wrap">
              <Stamp at={clock.now} />
              {clock.synchronised === undefined ? (
                <Badge tone="off" word="not known" meaning="Nobody can tell whether it is kept right." plain />
              ) : clock.synchronised ? (
                <Badge tone="good" word="kept right" plain />
              ) : (
                <Badge tone="warn" word="not kept right" meaning="No time service keeps this clock right." plain />
              )}
            </dd>
          </dl>
        </Card>
        <Card title="Own board">
          <FactList facts={facts.board} />
        </Card>
        <Card title="Store">
          <FactList facts={facts.store} />
        </Card>
      </div>
    </>
  );
}

/** The machine that the gateway runs on, its parts and their troubles. */
export function NodePage(): ReactElement {
  const node = useResource<NodeFacts>("/node", 5000);
  return (
    <Page title="Node">
      {node.data === undefined ? (
        <Card flush>
          <WhenLoaded from={node} rows={6}>
            {() => null}
          </WhenLoaded>
        </Card>
      ) : (
        <Node facts={node.data} />
      )}
    </Page>
  );
}
