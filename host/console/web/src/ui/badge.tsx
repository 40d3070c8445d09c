import type { ReactElement } from "react";
import type { State, Tone } from "../logic/tone.ts";
import { StateMark } from "./state-mark.tsx";

/** A word with the shape and colour of its tone. */
export function Badge(props: {
  readonly tone: Tone;
  readonly word: string;
  readonly meaning?: string;
  readonly plain?: boolean;
}): ReactElement {
  const { tone, word, meaning, plain = false } = props;
  return (
    <span className={`badge tone-${tone}${plain ? " plain" : ""}`} title={meaning}>
      <StateMark tone={tone} size={11} />
      {word}
    </span>
  );
}

/** The badge of a state. @param reason stands in its title, before what the state means */
export function StateBadge(props: { readonly state: State; readonly reason?: string | undefined; readonly plain?: boolean }): ReactElement {
  const { state, reason, plain = false } = props;
  const meaning = reason === undefined ? state.meaning : `${reason}\n${state.meaning}`;
  return <Badge tone={state.tone} word={state.word} meaning={meaning} plain={plain} />;
}
