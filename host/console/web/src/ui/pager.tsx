import type { ReactElement } from "react";
import { formatNumber } from "../format/format-number.ts";
import { Button } from "./button.tsx";

/** Walks through the pages of a list; cursors lead forward, and those that were passed lead back. */
export function Pager(props: {
  readonly shown: number;
  readonly total?: number | undefined;
  readonly page: number;
  readonly size: number;
  readonly next: string | undefined;
  readonly noun: string;
  readonly onNext: (cursor: string) => void;
  readonly onBack: () => void;
}): ReactElement {
  const { shown, total, page, size, next, noun, onNext, onBack } = props;
  const first = page * size + 1;
  const range = shown === 0 ? `no ${noun}` : `${formatNumber(first)}–${formatNumber(first + shown - 1)}`;
  return (
    <>
      <span>{total === undefined || shown === 0 ? range : `${range} of ${formatNumber(total)} ${noun}`}</span>
      {page === 0 && next === undefined ? null : (
        <span className="row">
          <Button icon="left" disabled={page === 0} onClick={onBack}>
            Back
          </Button>
          <Button
            disabled={next === undefined}
            onClick={() => {
              if (next !== undefined) onNext(next);
            }}
          >
            Next
          </Button>
        </span>
      )}
    </>
  );
}
