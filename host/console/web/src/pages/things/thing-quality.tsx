import { type ReactElement, useCallback, useSyncExternalStore } from "react";
import type { FeatureOfThing } from "../../../../../../shared/twin/documents/feature-of-thing-document.ts";
import { useConsole } from "../../data/use-console.ts";
import { reportedReading } from "../../logic/reported-value.ts";
import { qualityStates } from "../../logic/tone.ts";
import { worstQuality } from "../../logic/worst-quality.ts";
import { Badge, StateBadge } from "../../ui/badge.tsx";

/** The worst quality among a thing's values, as they stream. */
export function ThingQuality({ thing, features }: { readonly thing: string; readonly features: readonly FeatureOfThing[] }): ReactElement {
  const { values } = useConsole();
  const subscribe = useCallback(
    (listener: () => void) => {
      const ends = features.map(({ id }) => values.subscribe(thing, id, listener));
      return () => {
        for (const end of ends) end();
      };
    },
    [values, thing, features],
  );
  const worst = useSyncExternalStore(subscribe, () =>
    worstQuality(features.flatMap((feature) => (values.get(thing, feature.id) ?? reportedReading(feature))?.quality ?? [])),
  );
  return worst === undefined ? <Badge tone="off" word="no values" /> : <StateBadge state={qualityStates[worst]} />;
}
