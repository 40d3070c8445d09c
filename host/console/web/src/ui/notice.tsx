import type { ReactElement, ReactNode } from "react";
import type { RequestFailed } from "../data/request-failed.ts";
import type { Tone } from "../logic/tone.ts";
import { StateMark } from "./state-mark.tsx";

/** A message that stays where it belongs. */
export function Notice({
  tone,
  children,
  alert = false,
}: {
  readonly tone: Tone;
  readonly children: ReactNode;
  readonly alert?: boolean;
}): ReactElement {
  return (
    <div className={`notice tone-${tone}`} role={alert ? "alert" : undefined}>
      <StateMark tone={tone} />
      <div>{children}</div>
    </div>
  );
}

/** Why something failed, what can be done, and the code to ask about. */
export function FailureNotice({ failure }: { readonly failure: RequestFailed }): ReactElement {
  return (
    <Notice tone={failure.away ? "warn" : "bad"} alert>
      <p className="strong">{failure.away ? "The gateway does not answer" : failure.title}</p>
      <p>
        {failure.away ? "Nothing was changed as far as is known. Try again when the connection is back." : failure.message}
        {failure.remedy === undefined ? "" : ` ${failure.remedy}`}
      </p>
      {failure.away ? null : <p className="small mono">{failure.problemCode}</p>}
    </Notice>
  );
}
