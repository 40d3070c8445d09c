import type { ReactElement } from "react";
import { useConsole, useObservable } from "../data/use-console.ts";
import { IconButton } from "./button.tsx";
import { StateMark } from "./state-mark.tsx";

/** Messages that come and go in the corner; read out, not in the way. */
export function ToastList(): ReactElement {
  const { toasts } = useConsole();
  const list = useObservable(toasts.list);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {list.map((toast) => (
        <div key={toast.id} className={`toast tone-${toast.tone}`}>
          <StateMark tone={toast.tone} />
          <div>
            <p>{toast.text}</p>
            {toast.detail === undefined ? null : <p>{toast.detail}</p>}
          </div>
          <IconButton icon="close" label="Close message" onClick={() => toasts.drop(toast.id)} />
        </div>
      ))}
    </div>
  );
}
