import { useCallback, useEffect, useSyncExternalStore } from "react";
import type { RequestFailed } from "./request-failed.ts";
import { useConsole } from "./use-console.ts";

/** What is known of a path's answer. */
export interface Loaded<T> {
  readonly data: T | undefined;
  readonly failure: RequestFailed | undefined;
  readonly busy: boolean;
  readonly reload: () => void;
}

const noPath = { data: undefined, failure: undefined, busy: false, at: undefined };

/** The answer to a path, kept fresh while it is shown. `undefined` asks nothing. @param every asks again so often, milliseconds, for what no event tells of */
export function useResource<T>(path: string | undefined, every?: number): Loaded<T> {
  const { cache } = useConsole();
  const subscribe = useCallback((listener: () => void) => (path === undefined ? () => {} : cache.show(path, listener)), [cache, path]);
  const now = useSyncExternalStore(subscribe, () => (path === undefined ? noPath : cache.peek(path)));
  const reload = useCallback(() => {
    if (path !== undefined) cache.reload(path);
  }, [cache, path]);
  useEffect(() => {
    if (every === undefined || path === undefined) return;
    const timer = setInterval(() => {
      if (!document.hidden) cache.reload(path);
    }, every);
    return () => clearInterval(timer);
  }, [cache, path, every]);
  return { data: asData<T>(now.data), failure: now.failure, busy: now.busy, reload };
}

/** The cache holds answers of all sorts; a path decides which. The gateway checked it against the schema that `T` is made of. */
function asData<T>(data: unknown): T | undefined;
function asData(data: unknown): unknown {
  return data;
}
