import { useCallback, useState } from "react";
import { failureOf, type RequestFailed } from "./request-failed.ts";

/** Something that a person asks for and that may fail. */
export interface Action<Args extends readonly unknown[]> {
  readonly run: (...args: Args) => Promise<boolean>;
  readonly busy: boolean;
  readonly failure: RequestFailed | undefined;
  readonly reset: () => void;
}

/** Runs work, one at a time; its failure is kept to be shown. `run` resolves to whether it went well. */
export function useAction<Args extends readonly unknown[]>(work: (...args: Args) => Promise<unknown>): Action<Args> {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<RequestFailed | undefined>(undefined);
  const run = async (...args: Args): Promise<boolean> => {
    if (busy) return false;
    setBusy(true);
    setFailure(undefined);
    try {
      await work(...args);
      return true;
    } catch (error) {
      setFailure(failureOf(error));
      return false;
    } finally {
      setBusy(false);
    }
  };
  const reset = useCallback(() => setFailure(undefined), []);
  return { run, busy, failure, reset };
}
