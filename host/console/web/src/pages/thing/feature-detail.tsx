import { lazy, type ReactElement, Suspense, useState } from "react";
import { Link } from "wouter";
import type { FeatureOfThing } from "../../../../../../shared/twin/documents/feature-of-thing-document.ts";
import { step } from "../../data/gateway-client.ts";
import { useMe } from "../../data/use-console.ts";
import { useLive } from "../../data/use-live.ts";
import { formatDuration } from "../../format/format-duration.ts";
import { limitsText } from "../../logic/command-value.ts";
import { whyNot } from "../../logic/permitted.ts";
import { reportedReading } from "../../logic/reported-value.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Icon } from "../../ui/icon.tsx";
import { LiveQuality, LiveValue } from "../../ui/live-value.tsx";
import { Ago, Stamp } from "../../ui/time.tsx";
import { CommandDialog } from "./command-dialog.tsx";
import { DesiredBesideReported } from "./desired-beside-reported.tsx";
import { SettingsPart } from "./settings-part.tsx";

const HistoryCard = lazy(() => import("../../chart/history-card.tsx").then((chart) => ({ default: chart.HistoryCard })));

/** One feature in full: its value with quality and both times, what is wanted of it, and its history. */
export function FeatureDetail({ feature, chosen }: { readonly feature: FeatureOfThing; readonly chosen: boolean }): ReactElement {
  const me = useMe();
  const reading = useLive(feature.thing, feature.id) ?? reportedReading(feature);
  const [commanding, setCommanding] = useState(false);
  const { traits } = feature;
  const sampled = feature.owner === "board" && traits.type !== "object";
  const limits = limitsText(traits);
  const about = [
    limits === undefined ? undefined : `limits ${limits}`,
    traits.period === undefined ? undefined : `read every ${formatDuration(traits.period)}`,
  ]
    .filter((part) => part !== undefined)
    .join(" · ");
  return (
    <div className="stack">
      {chosen ? (
        <Link className="only-narrow row" href={`/things/${step(feature.thing)}`}>
          <Icon name="left" size={14} />
          All features
        </Link>
      ) : null}
      <Card
        title={feature.title ?? feature.id}
        actions={
          traits.writable === true && sampled ? (
            <Button kind="primary" icon="control" whyNot={whyNot(me, "command", feature.thing)} onClick={() => setCommanding(true)}>
              Command
            </Button>
          ) : undefined
        }
      >
        <div className="stack">
          {traits.description === undefined ? null : <p className="quiet">{traits.description}</p>}
          {sampled ? (
            <div className="now">
              <div className="stack tight">
                <LiveValue thing={feature.thing} feature={feature.id} unit={traits.unit} fallback={reportedReading(feature)} large />
                <span className="row">
                  <LiveQuality thing={feature.thing} feature={feature.id} fallback={reportedReading(feature)} />
                </span>
              </div>
              {reading === undefined ? null : (
                <dl className="facts small">
                  <dt>Measured</dt>
                  <dd>
                    <Stamp at={reading.source} /> (<Ago at={reading.source} />)
                  </dd>
                  <dt>Received</dt>
                  <dd>
                    <Stamp at={reading.received} />
                  </dd>
                </dl>
              )}
            </div>
          ) : null}
          {reading?.reason === undefined ? null : <p className="quiet">{reading.reason}</p>}
          {sampled ? (
            traits.writable === true || feature.desired !== undefined ? (
              <DesiredBesideReported feature={feature} />
            ) : null
          ) : (
            <SettingsPart feature={feature} />
          )}
          {about === "" ? null : <p className="small faint">{about}</p>}
        </div>
      </Card>
      {sampled ? (
        <Suspense
          fallback={
            <Card title="History">
              <div className="chart" />
            </Card>
          }
        >
          <HistoryCard feature={feature} />
        </Suspense>
      ) : null}
      {commanding ? <CommandDialog feature={feature} onClose={() => setCommanding(false)} /> : null}
    </div>
  );
}
