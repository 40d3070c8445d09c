import { useCallback, useState } from "react";

/** Where somebody is in a list of pages. */
export interface Pages {
  readonly cursor: string | undefined;
  readonly page: number;
  readonly next: (cursor: string) => void;
  readonly back: () => void;
  readonly first: () => void;
}

/** Cursors that lead to the pages passed so far. */
export function usePages(): Pages {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const next = useCallback((cursor: string) => setCursors((passed) => [...passed, cursor]), []);
  const back = useCallback(() => setCursors((passed) => passed.slice(0, -1)), []);
  const first = useCallback(() => setCursors([]), []);
  return { cursor: cursors.at(-1), page: cursors.length, next, back, first };
}
