import { type ReactElement, useEffect, useRef } from "react";
import { IconButton } from "../ui/button.tsx";
import { Navigation } from "./navigation.tsx";

/** The navigation on narrow screens: slides over the page, keeps the focus, closes with Escape or a touch beside it. */
export function Drawer({ onClose }: { readonly onClose: () => void }): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    if (!element.open) element.showModal();
    // A touch on the veil hits the dialog itself, beside everything in it.
    const beside = (event: MouseEvent): void => {
      if (event.target === element && event.clientX > element.clientWidth) onClose();
    };
    element.addEventListener("click", beside);
    return () => {
      element.removeEventListener("click", beside);
      element.close();
    };
  }, [onClose]);
  return (
    <dialog ref={dialog} className="drawer" aria-label="Navigation" onClose={onClose}>
      <div className="drawer-head">
        <span className="strong grow">Penstock</span>
        <IconButton icon="close" label="Close navigation" onClick={onClose} />
      </div>
      <Navigation onGo={onClose} />
    </dialog>
  );
}
