import type { ReactElement } from "react";

const widths = ["72%", "55%", "64%", "48%", "80%", "60%"] as const;

/** Rows of the height that the real ones will have, so that nothing jumps when they come. */
export function SkeletonRows({ rows = 5 }: { readonly rows?: number }): ReactElement {
  return (
    <div aria-hidden="true">
      {Array.from({ length: rows }, (_, row) => widths[row % widths.length] ?? "60%").map((width, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows have nothing else
        <div className="bone-row" key={row}>
          <span className="bone" style={{ width }} />
          <span className="bone" style={{ width: "50%" }} />
          <span className="bone" style={{ width: "40%" }} />
        </div>
      ))}
    </div>
  );
}
