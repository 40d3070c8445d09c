import type { ReactElement } from "react";
import { sparkPath } from "../logic/spark-path.ts";

const width = 96;
const height = 22;

/** The course of a value over the last hour, without scales. */
export function Sparkline({ values, label }: { readonly values: readonly (number | undefined)[]; readonly label: string }): ReactElement {
  return (
    <svg className="spark" preserveAspectRatio="none" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <path d={sparkPath(values, width, height)} />
    </svg>
  );
}
