import type { ReactElement, ReactNode } from "react";

/** Buttons of which one is pressed. */
export function Choices<T extends string>(props: {
  readonly label: string;
  readonly value: T | undefined;
  readonly options: readonly (readonly [T, ReactNode])[];
  readonly onPick: (value: T) => void;
}): ReactElement {
  const { label, value, options, onPick } = props;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset brings a frame and a legend that this row of buttons has no place for
    <div className="choices" role="group" aria-label={label}>
      {options.map(([option, words]) => (
        <button key={option} type="button" aria-pressed={option === value} onClick={() => onPick(option)}>
          {words}
        </button>
      ))}
    </div>
  );
}
