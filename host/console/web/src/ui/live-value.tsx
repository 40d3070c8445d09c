import type { ReactElement } from "react";
import type { LiveReading } from "../data/gateway-types.ts";
import { useLink } from "../data/use-console.ts";
import { useLive } from "../data/use-live.ts";
import { formatValue } from "../format/format-value.ts";
import { unitSymbol } from "../format/unit-symbol.ts";
import { qualityStates, type State } from "../logic/tone.ts";
import { StateBadge } from "./badge.tsx";
import { StateMark } from "./state-mark.tsx";

/** Nothing was heard of the gateway for a while: whatever a value's quality was, nobody knows it now. */
const oldState: State = { tone: "stale", word: "old", meaning: "There is no connection to the gateway; this is the last that was heard." };

/** A value with its unit, in a place of fixed width. */
export function ValueText(props: {
  readonly value: unknown;
  readonly unit?: string | undefined;
  readonly quality?: LiveReading["quality"] | undefined;
  readonly old?: boolean;
  readonly large?: boolean;
}): ReactElement {
  const { value, unit, quality, old = false, large = false } = props;
  const text = formatValue(value);
  const classes = ["value", large ? "large" : "", old ? "old" : "", quality === undefined ? "" : `q-${quality}`].filter(Boolean).join(" ");
  const symbol = unitSymbol(unit);
  return (
    <span className={classes}>
      <span className={text.length > 12 ? "figure long" : "figure"} title={text.length > 12 ? text : undefined}>
        {text}
      </span>
      {large && symbol === "" ? null : <span className="unit">{symbol}</span>}
    </span>
  );
}

/** The newest value of a feature as it streams. @param fallback what its document said, until the stream says something */
export function LiveValue(props: {
  readonly thing: string;
  readonly feature: string;
  readonly unit?: string | undefined;
  readonly fallback?: LiveReading | undefined;
  readonly large?: boolean;
}): ReactElement {
  const { thing, feature, unit, fallback, large = false } = props;
  const reading = useLive(thing, feature) ?? fallback;
  const { old } = useLink();
  return <ValueText value={reading?.value} unit={unit} quality={reading?.quality} old={old} large={large} />;
}

/** The quality of a feature's newest value in words; without a value: none yet. */
export function LiveQuality(props: {
  readonly thing: string;
  readonly feature: string;
  readonly fallback?: LiveReading | undefined;
  readonly mark?: boolean;
}): ReactElement {
  const { thing, feature, fallback, mark = false } = props;
  const reading = useLive(thing, feature) ?? fallback;
  const { old } = useLink();
  if (reading === undefined) return mark ? <StateMark tone="off" /> : <span className="faint small">no value yet</span>;
  const state = old ? oldState : qualityStates[reading.quality];
  if (!mark) return <StateBadge state={state} reason={reading.reason} />;
  return (
    <span title={`${state.word}: ${reading.reason ?? state.meaning}`}>
      <StateMark tone={state.tone} />
      <span className="hidden">{state.word}</span>
    </span>
  );
}
