import type { ReactElement } from "react";
import { Icon } from "./icon.tsx";

/** A place to type what is looked for. */
export function SearchBox({
  label,
  value,
  onText,
}: {
  readonly label: string;
  readonly value: string;
  readonly onText: (text: string) => void;
}): ReactElement {
  return (
    <div className="search">
      <Icon name="search" size={16} />
      <input
        className="input"
        type="search"
        aria-label={label}
        placeholder={label}
        spellCheck={false}
        autoCapitalize="none"
        value={value}
        onChange={(event) => onText(event.currentTarget.value)}
      />
    </div>
  );
}
