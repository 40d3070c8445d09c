import type { ReactElement } from "react";
import { Link } from "wouter";
import type { FeatureOfThing } from "../../../../../../shared/twin/documents/feature-of-thing-document.ts";
import { step } from "../../data/gateway-client.ts";
import { useLive } from "../../data/use-live.ts";
import { convergenceOf, convergenceStates } from "../../logic/convergence.ts";
import { reportedReading } from "../../logic/reported-value.ts";
import { Icon } from "../../ui/icon.tsx";
import { LiveQuality, LiveValue } from "../../ui/live-value.tsx";
import { StateMark } from "../../ui/state-mark.tsx";

/** A mark where what is wanted has not been reached. */
function Unreached({ feature }: { readonly feature: FeatureOfThing }): ReactElement | null {
  const live = useLive(feature.thing, feature.id);
  const { name } = convergenceOf(feature, live?.value);
  if (name === "unset" || name === "converged") return null;
  const { tone, word, meaning } = convergenceStates[name];
  return (
    <span className="row small" title={meaning}>
      <StateMark tone={tone} size={10} />
      <span className={`toned tone-${tone}`}>{word}</span>
    </span>
  );
}

function FeatureLine({ feature, current }: { readonly feature: FeatureOfThing; readonly current: boolean }): ReactElement {
  const fallback = reportedReading(feature);
  const sampled = feature.owner === "board" && feature.traits.type !== "object";
  return (
    <li>
      <Link
        className="feature-line"
        href={`/things/${step(feature.thing)}/${step(feature.id)}`}
        aria-current={current ? "true" : undefined}
      >
        {sampled ? <LiveQuality thing={feature.thing} feature={feature.id} fallback={fallback} mark /> : <StateMark tone="off" />}
        <span className="name">
          <span className="cut">{feature.title ?? feature.id}</span>
          {feature.traits.writable === true ? <Icon name="control" size={14} /> : null}
          <Unreached feature={feature} />
        </span>
        {sampled ? (
          <LiveValue thing={feature.thing} feature={feature.id} unit={feature.traits.unit} fallback={fallback} />
        ) : (
          <span className="small faint">settings</span>
        )}
      </Link>
    </li>
  );
}

const groups = [
  {
    title: "Controls",
    takes: ({ owner, traits }: FeatureOfThing) => owner === "board" && traits.writable === true && traits.type !== "object",
  },
  {
    title: "Measurements",
    takes: ({ owner, traits }: FeatureOfThing) => owner === "board" && traits.writable !== true && traits.type !== "object",
  },
  {
    title: "Settings and notes",
    takes: ({ owner, traits }: FeatureOfThing) => owner !== "board" || traits.type === "object",
  },
] as const;

/** Every feature of a thing with its newest value. */
export function FeatureList(props: {
  readonly thing: string;
  readonly features: readonly FeatureOfThing[];
  readonly shown: string | undefined;
}): ReactElement {
  const { features, shown } = props;
  return (
    <nav className="feature-list" aria-label="Features">
      {groups.map(({ title, takes }) => {
        const some = features.filter(takes);
        if (some.length === 0) return null;
        return (
          <section key={title} aria-label={title}>
            <h2 className="group-title">{title}</h2>
            <ul>
              {some.map((feature) => (
                <FeatureLine key={feature.id} feature={feature} current={feature.id === shown} />
              ))}
            </ul>
          </section>
        );
      })}
    </nav>
  );
}
