import { type ReactElement, type ReactNode, useEffect, useId, useRef } from "react";
import { IconButton } from "./button.tsx";

/** A modal dialog: the browser keeps the focus inside, gives it back at the end, and Escape closes it. */
export function Dialog(props: {
  readonly title: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Buttons; the last is the one that does it. */
  readonly foot?: ReactNode;
  /** What Enter does in its fields. */
  readonly onSubmit?: () => void;
  readonly wide?: boolean;
}): ReactElement {
  const { title, onClose, children, foot, onSubmit, wide = false } = props;
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    if (element !== null && !element.open) element.showModal();
    return () => {
      element?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={wide ? "dialog wide" : "dialog"}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit?.();
        }}
      >
        <div className="dialog-head">
          <h2 id={id}>{title}</h2>
          <IconButton icon="close" label="Close" onClick={onClose} />
        </div>
        <div className="dialog-body">{children}</div>
        {foot === undefined ? null : <div className="dialog-foot">{foot}</div>}
      </form>
    </dialog>
  );
}
