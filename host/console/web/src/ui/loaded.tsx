import type { ReactElement, ReactNode } from "react";
import type { Loaded } from "../data/use-resource.ts";
import { Button } from "./button.tsx";
import { FailureNotice } from "./notice.tsx";
import { SkeletonRows } from "./skeleton.tsx";

/** Shows an answer once it is there; before that its outline, and why it failed when it did. What is known stays while it is asked for again. */
export function WhenLoaded<T>(props: {
  readonly from: Loaded<T>;
  readonly rows?: number;
  readonly outline?: ReactNode;
  readonly children: (data: T) => ReactNode;
}): ReactElement {
  const { from, rows = 5, outline, children } = props;
  if (from.data !== undefined) return <>{children(from.data)}</>;
  if (from.failure !== undefined && !from.failure.away)
    return (
      <div className="card-body stack">
        <FailureNotice failure={from.failure} />
        {from.failure.status === 403 || from.failure.status === 404 ? null : (
          <div>
            <Button icon="retry" onClick={from.reload}>
              Try again
            </Button>
          </div>
        )}
      </div>
    );
  return (
    <div aria-busy="true">
      <span className="hidden">Loading</span>
      {outline ?? <SkeletonRows rows={rows} />}
    </div>
  );
}
