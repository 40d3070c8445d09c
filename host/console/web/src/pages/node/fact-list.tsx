import type { ReactElement } from "react";
import { factName, factText } from "../../logic/fact-text.ts";
import { flattenSettings } from "../../logic/flat-settings.ts";

/** Whatever a part says of itself, name by name. */
export function FactList({ facts }: { readonly facts: unknown }): ReactElement {
  const leaves = [...flattenSettings(facts)];
  if (leaves.length === 0) return <p className="faint">It says nothing of itself.</p>;
  return (
    <dl className="facts">
      {leaves.map(([path, value]) => {
        const key = path.split("/").at(-1) ?? path;
        return (
          <div key={path} className="fact">
            <dt>{path.split("/").map(factName).join(" · ")}</dt>
            <dd>{factText(key, value)}</dd>
          </div>
        );
      })}
    </dl>
  );
}
