import { type ReactElement, useState } from "react";
import type { FeatureOfThing } from "../../../../../../shared/twin/documents/feature-of-thing-document.ts";
import { useMe } from "../../data/use-console.ts";
import { formatValue } from "../../format/format-value.ts";
import { convergenceOf, convergenceStates } from "../../logic/convergence.ts";
import { flattenSettings } from "../../logic/flat-settings.ts";
import { whyNot } from "../../logic/permitted.ts";
import { sameValue } from "../../logic/same-value.ts";
import { sampledPart } from "../../logic/sampled-part.ts";
import { StateBadge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { SettingDialog } from "./setting-dialog.tsx";

/** A feature that holds settings rather than a value: what is wanted beside what is, line by line. */
export function SettingsPart({ feature }: { readonly feature: FeatureOfThing }): ReactElement {
  const me = useMe();
  const [editing, setEditing] = useState<string | undefined>(undefined);
  const reported = flattenSettings(sampledPart(feature.reported));
  const desired = flattenSettings(sampledPart(feature.desired));
  const places = [...new Set([...reported.keys(), ...desired.keys()])].sort();
  const convergence = convergenceOf(feature);
  const state = convergenceStates[convergence.name];
  const refused = whyNot(me, "command", feature.thing);
  if (places.length === 0) return <Empty icon="control" title="Nothing is set or reported here" />;
  const text = convergence.name === "error" ? convergence.message : (feature.status?.text ?? state.meaning);
  return (
    <div className="stack">
      <div className="row wrap">
        <StateBadge state={state} />
        <span className="small quiet">{text}</span>
      </div>
      <div className="table-wrap">
        <table className="table fold">
          <thead>
            <tr>
              <th scope="col">Setting</th>
              <th scope="col">Desired</th>
              <th scope="col">Reported</th>
              <th scope="col">
                <span className="hidden">Change</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {places.map((place) => {
              const differs = desired.has(place) && !sameValue(desired.get(place), reported.get(place));
              return (
                <tr key={place}>
                  <th scope="row" className="mono">
                    {place}
                  </th>
                  <td data-name="Desired" className={differs ? "strong" : undefined}>
                    {desired.has(place) ? formatValue(desired.get(place)) : <span className="faint">–</span>}
                  </td>
                  <td data-name="Reported">{formatValue(reported.get(place))}</td>
                  <td className="fit">
                    <Button kind="bare" whyNot={refused} aria-label={`Change ${place}`} onClick={() => setEditing(place)}>
                      Change
                    </Button>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {editing === undefined ? null : (
        <SettingDialog
          feature={feature}
          place={editing}
          now={reported.get(editing)}
          wanted={desired.get(editing)}
          onClose={() => setEditing(undefined)}
        />
      )}
    </div>
  );
}
