import type { ReactElement } from "react";
import { Link } from "wouter";
import type { FeatureOfThing } from "../../../../../../shared/twin/documents/feature-of-thing-document.ts";
import { keyFeatures } from "../../logic/key-features.ts";
import { reportedReading } from "../../logic/reported-value.ts";
import { LiveValue } from "../../ui/live-value.tsx";

const most = 3;

/** The few values that stand for a thing in a list. */
export function ThingValues({ thing, features }: { readonly thing: string; readonly features: readonly FeatureOfThing[] }): ReactElement {
  const shown = keyFeatures(features, most);
  if (shown.length === 0)
    return <span className="faint small">{features.length === 0 ? "no features" : `${features.length} features`}</span>;
  return (
    <ul className="row-values">
      {shown.map((feature) => (
        <li key={feature.id} className="row-value">
          <Link className="small quiet cut" href={`/things/${encodeURIComponent(thing)}/${encodeURIComponent(feature.id)}`}>
            {feature.title ?? feature.id}
          </Link>
          <LiveValue thing={thing} feature={feature.id} unit={feature.traits.unit} fallback={reportedReading(feature)} />
        </li>
      ))}
    </ul>
  );
}
