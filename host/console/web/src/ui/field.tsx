import { type InputHTMLAttributes, type ReactElement, type ReactNode, useId } from "react";
import type { RequestFailed } from "../data/request-failed.ts";
import { problemAt } from "../logic/problem-at.ts";
import { StateMark } from "./state-mark.tsx";

interface Described {
  readonly label: string;
  readonly hint?: ReactNode;
  /** Where its value stands in the request, as in `/name`: problems there are shown here. */
  readonly path?: string;
  readonly failure?: RequestFailed | undefined;
  /** A problem that was found before asking. */
  readonly wrong?: string | undefined;
}

function Below({
  id,
  hint,
  wrong,
}: {
  readonly id: string;
  readonly hint: ReactNode;
  readonly wrong: string | undefined;
}): ReactElement | null {
  if (wrong !== undefined)
    return (
      <p className="wrong" id={id}>
        <StateMark tone="bad" size={10} />
        {wrong}
      </p>
    );
  if (hint === undefined) return null;
  return (
    <p className="hint" id={id}>
      {hint}
    </p>
  );
}

/** A text field with its label, a hint, and what is wrong with it. */
export function TextField(
  props: Described &
    Omit<InputHTMLAttributes<HTMLInputElement>, "onChange"> & { readonly onText: (text: string) => void; readonly unit?: string },
): ReactElement {
  const { label, hint, path, failure, wrong, onText, unit, ...input } = props;
  const id = useId();
  const problem = wrong ?? (path === undefined ? undefined : problemAt(failure?.problems, path));
  const field = (
    <input
      className="input"
      {...input}
      id={id}
      aria-invalid={problem !== undefined || undefined}
      aria-describedby={`${id}-below`}
      onChange={(event) => onText(event.currentTarget.value)}
    />
  );
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {unit === undefined ? (
        field
      ) : (
        <span className="with-unit">
          {field}
          <span className="quiet">{unit}</span>
        </span>
      )}
      <Below id={`${id}-below`} hint={hint} wrong={problem} />
    </div>
  );
}

/** A choice of one from a list. */
export function SelectField<T extends string>(
  props: Described & {
    readonly value: T;
    readonly options: readonly (readonly [T, string])[];
    readonly onPick: (value: T) => void;
    readonly disabled?: boolean;
  },
): ReactElement {
  const { label, hint, path, failure, wrong, value, options, onPick, disabled = false } = props;
  const id = useId();
  const problem = wrong ?? (path === undefined ? undefined : problemAt(failure?.problems, path));
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        className="input"
        id={id}
        value={value}
        disabled={disabled}
        aria-invalid={problem !== undefined || undefined}
        aria-describedby={`${id}-below`}
        onChange={(event) => {
          const picked = options.find(([option]) => option === event.currentTarget.value);
          if (picked !== undefined) onPick(picked[0]);
        }}
      >
        {options.map(([option, words]) => (
          <option key={option} value={option}>
            {words}
          </option>
        ))}
      </select>
      <Below id={`${id}-below`} hint={hint} wrong={problem} />
    </div>
  );
}
