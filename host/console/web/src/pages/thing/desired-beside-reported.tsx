import type { ReactElement } from "react";
import type { FeatureOfThing } from "../../../../../../shared/twin/documents/feature-of-thing-document.ts";
import { step } from "../../data/gateway-client.ts";
import { useAction } from "../../data/use-action.ts";
import { useConsole, useMe } from "../../data/use-console.ts";
import { useLive } from "../../data/use-live.ts";
import { formatValue } from "../../format/format-value.ts";
import { unitSymbol } from "../../format/unit-symbol.ts";
import { convergenceOf, convergenceStates } from "../../logic/convergence.ts";
import { whyNot } from "../../logic/permitted.ts";
import { reportedReading } from "../../logic/reported-value.ts";
import { StateBadge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { FailureNotice } from "../../ui/notice.tsx";
import { Ago } from "../../ui/time.tsx";

/** What is wanted beside what is, whether they meet, and a way on when they do not. */
export function DesiredBesideReported({ feature }: { readonly feature: FeatureOfThing }): ReactElement {
  const { client } = useConsole();
  const me = useMe();
  const reading = useLive(feature.thing, feature.id) ?? reportedReading(feature);
  const convergence = convergenceOf(feature, reading?.value);
  const path = `/things/${step(feature.thing)}/features/${step(feature.id)}`;
  const retry = useAction(() => client.post(`${path}/retry`));
  const release = useAction(() => client.patch(path, { desired: null }));
  const unit = unitSymbol(feature.traits.unit);
  const shown = (value: unknown): string => (value === undefined ? "–" : `${formatValue(value)}${unit === "" ? "" : ` ${unit}`}`);
  const wanted = feature.desired?.["value"];
  return (
    <>
      <div className="halves">
        <div>
          <span className="small quiet">Desired</span>
          <span className="big cut">{shown(wanted)}</span>
        </div>
        <div>
          <span className="small quiet">Reported</span>
          <span className="big cut">{shown(reading?.value)}</span>
        </div>
        <div className="foot">
          <StateBadge state={convergenceStates[convergence.name]} />
          <span className="small quiet grow">
            {convergence.name === "error" ? (
              <>
                {convergence.message} (<Ago at={convergence.since} />,{" "}
                {convergence.attempts === 1 ? "1 attempt" : `${convergence.attempts} attempts`})
              </>
            ) : convergence.name === "waiting" ? (
              (convergence.text ?? convergenceStates.waiting.meaning)
            ) : (
              convergenceStates[convergence.name].meaning
            )}
          </span>
          {convergence.name === "error" ? (
            <Button icon="retry" busy={retry.busy} whyNot={whyNot(me, "retry", feature.thing)} onClick={() => void retry.run()}>
              Retry
            </Button>
          ) : null}
          {convergence.name === "unset" ? null : (
            <Button kind="bare" busy={release.busy} whyNot={whyNot(me, "command", feature.thing)} onClick={() => void release.run()}>
              Release
            </Button>
          )}
        </div>
      </div>
      {retry.failure === undefined ? null : <FailureNotice failure={retry.failure} />}
      {release.failure === undefined ? null : <FailureNotice failure={release.failure} />}
    </>
  );
}
