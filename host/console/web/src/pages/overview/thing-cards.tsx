import { type ReactElement, useMemo } from "react";
import { Link } from "wouter";
import type { FeatureOfThing } from "../../../../../../shared/twin/documents/feature-of-thing-document.ts";
import type { ThingDocument } from "../../../../../../shared/twin/documents/thing-document.ts";
import { withQuery } from "../../data/gateway-client.ts";
import type { Page as ListPage } from "../../data/gateway-types.ts";
import { useLiveThings } from "../../data/use-live.ts";
import { useResource } from "../../data/use-resource.ts";
import { featuresOf } from "../../logic/filter-text.ts";
import { groupByThing } from "../../logic/group-by-thing.ts";
import { keyFeatures } from "../../logic/key-features.ts";
import { reportedReading } from "../../logic/reported-value.ts";
import { Empty } from "../../ui/empty.tsx";
import { LiveQuality, LiveValue } from "../../ui/live-value.tsx";
import { RecentCourse } from "../../ui/recent-course.tsx";
import { Tags } from "../../ui/tags.tsx";
import { ThingQuality } from "../things/thing-quality.tsx";

const mostValues = 5;
const mostCourses = 2;
const none: readonly FeatureOfThing[] = [];

function ThingCard({
  thing,
  features,
}: {
  readonly thing: ThingDocument;
  readonly features: readonly FeatureOfThing[] | undefined;
}): ReactElement {
  const shown = features === undefined ? [] : keyFeatures(features, mostValues);
  const href = `/things/${encodeURIComponent(thing.id)}`;
  return (
    <section className="card thing-card" aria-label={thing.name}>
      <div className="card-head">
        <h3 className="grow">
          <Link href={href} className="cut">
            {thing.name}
          </Link>
        </h3>
        {features === undefined ? null : <ThingQuality thing={thing.id} features={features} />}
      </div>
      <ul className="thing-values">
        {features === undefined
          ? Array.from({ length: mostValues }, (_, row) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the rows have nothing else
              <li key={row} className="thing-value">
                <span className="bone grow" />
              </li>
            ))
          : shown.map((feature, index) => (
              <li key={feature.id} className="thing-value">
                <Link className="name cut" href={`${href}/${encodeURIComponent(feature.id)}`}>
                  {feature.title ?? feature.id}
                </Link>
                <span className="row">
                  {index < mostCourses && feature.traits.type === "number" ? <RecentCourse thing={thing.id} feature={feature.id} /> : null}
                  <LiveValue thing={thing.id} feature={feature.id} unit={feature.traits.unit} fallback={reportedReading(feature)} />
                  <LiveQuality thing={thing.id} feature={feature.id} fallback={reportedReading(feature)} mark />
                </span>
              </li>
            ))}
        {features !== undefined && shown.length === 0 ? <li className="faint">no values</li> : null}
      </ul>
      {Object.keys(thing.labels).length === 0 ? null : (
        <div className="card-foot">
          <Tags labels={thing.labels} />
        </div>
      )}
    </section>
  );
}

/** The things as they run. */
export function ThingCards({ things, total }: { readonly things: readonly ThingDocument[]; readonly total: number }): ReactElement {
  const measured = things.filter(({ kind }) => kind === "device" || kind === "simulated");
  const ids = measured.map(({ id }) => id);
  useLiveThings(ids);
  const filter = featuresOf(ids);
  const features = useResource<ListPage<FeatureOfThing>>(filter === undefined ? undefined : withQuery("/features", { filter, limit: 500 }));
  const byThing = useMemo(() => groupByThing(features.data?.items), [features.data]);
  return (
    <section className="stack" aria-labelledby="overview-things">
      <div className="row between">
        <h2 id="overview-things">Things</h2>
        {total > things.length ? <Link href="/things">All {total} things</Link> : null}
      </div>
      {measured.length === 0 ? (
        <div className="card">
          <Empty icon="things" title="No things yet">
            Things come with the boards that bring them.
          </Empty>
        </div>
      ) : (
        <div className="thing-grid">
          {measured.map((thing) => (
            <ThingCard key={thing.id} thing={thing} features={byThing === undefined ? undefined : (byThing.get(thing.id) ?? none)} />
          ))}
        </div>
      )}
    </section>
  );
}
