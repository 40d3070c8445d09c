import type { ReactElement } from "react";

/** Labels, as small signs. */
export function Tags({ labels }: { readonly labels: Readonly<Record<string, string>> }): ReactElement | null {
  const pairs = Object.entries(labels);
  if (pairs.length === 0) return null;
  return (
    <span className="tags">
      {pairs.map(([key, value]) => (
        <span className="tag" key={key} title={`${key} = ${value}`}>
          {key}
          <b>{value}</b>
        </span>
      ))}
    </span>
  );
}
