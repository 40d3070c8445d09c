import type { ReactElement } from "react";
import type { Tone } from "../logic/tone.ts";

/** One shape for each tone, so that they can be told apart without colours. */
const shapes: Readonly<Record<Tone, ReactElement>> = {
  good: <circle cx="6" cy="6" r="4.5" fill="currentColor" />,
  busy: <path d="M6 1.5a4.5 4.5 0 1 1 0 9zM6 1.5a4.5 4.5 0 0 0 0 9" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  warn: <path d="M6 1 11.5 10.7H.5z" fill="currentColor" />,
  bad: <path d="M6 .5 11.5 6 6 11.5.5 6z" fill="currentColor" />,
  stale: (
    <path d="M6 1.75a4.25 4.25 0 1 0 0 8.5 4.25 4.25 0 0 0 0-8.5zM6 3.5V6l1.7 1" fill="none" stroke="currentColor" strokeWidth="1.5" />
  ),
  off: <path d="M2 6h8" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />,
  info: <rect x="1.75" y="1.75" width="8.5" height="8.5" rx="1.5" fill="none" stroke="currentColor" strokeWidth="1.5" />,
};

/** The shape of a tone in its colour; words stand beside it. */
export function StateMark({ tone, size = 12 }: { readonly tone: Tone; readonly size?: number }): ReactElement {
  return (
    <svg className={`state-mark tone-${tone}`} width={size} height={size} viewBox="0 0 12 12" aria-hidden="true" focusable="false">
      {tone === "busy" ? <path d="M6 1.5a4.5 4.5 0 0 1 0 9z" fill="currentColor" /> : null}
      {shapes[tone]}
    </svg>
  );
}
