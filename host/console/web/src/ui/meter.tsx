import type { ReactElement } from "react";
import type { Tone } from "../logic/tone.ts";

/** A bar of parts. The words beside it say the same. */
export function Meter({
  parts,
  whole,
  label,
}: {
  readonly parts: readonly { readonly tone: Tone; readonly size: number }[];
  readonly whole: number;
  readonly label: string;
}): ReactElement {
  return (
    <div className="meter" role="img" aria-label={label}>
      {parts.map(({ tone, size }) =>
        size > 0 ? (
          <i key={tone} className={`tone-${tone}`} style={{ width: `${whole === 0 ? 0 : Math.min(100, (size / whole) * 100)}%` }} />
        ) : null,
      )}
    </div>
  );
}
