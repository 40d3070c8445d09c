import { type ReactElement, type ReactNode, useEffect, useRef, useState } from "react";

/** A button that opens a small panel under itself. Escape, a click elsewhere and leaving it close it; Escape gives the focus back. */
export function Menu(props: {
  readonly button: (open: boolean, toggle: () => void) => ReactNode;
  readonly wide?: boolean;
  readonly label: string;
  readonly children: (close: () => void) => ReactNode;
}): ReactElement {
  const { button, wide = false, label, children } = props;
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const outside = (event: Event): void => {
      if (event.target instanceof Node && anchor.current?.contains(event.target) !== true) setOpen(false);
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      setOpen(false);
      anchor.current?.querySelector<HTMLElement>("button")?.focus();
    };
    document.addEventListener("pointerdown", outside);
    document.addEventListener("focusin", outside);
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("focusin", outside);
      document.removeEventListener("keydown", onKey);
    };
  }, [open]);
  return (
    <div className="menu-anchor" ref={anchor}>
      {button(open, () => setOpen(!open))}
      {open ? (
        <section className={wide ? "menu wide" : "menu"} aria-label={label}>
          {children(() => setOpen(false))}
        </section>
      ) : null}
    </div>
  );
}
