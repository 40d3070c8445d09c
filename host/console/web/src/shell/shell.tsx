import { type ReactElement, type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { Link, useLocation } from "wouter";
import mark from "../mark.svg";
import { IconButton } from "../ui/button.tsx";
import { ToastList } from "../ui/toast-list.tsx";
import { ConnectionBanner, LinkMark } from "./connection.tsx";
import { Drawer } from "./drawer.tsx";
import { Navigation } from "./navigation.tsx";
import { NoticeBell } from "./notice-bell.tsx";
import { UserMenu } from "./user-menu.tsx";

/** What surrounds every page. A new page begins at its top, and screen readers are told by moving the focus there. */
export function Shell({ children }: { readonly children: ReactNode }): ReactElement {
  const [location] = useLocation();
  const [drawer, setDrawer] = useState(false);
  const main = useRef<HTMLElement>(null);
  const page = location.split("/")[1] ?? "";
  const shown = useRef(page);
  useEffect(() => {
    if (shown.current === page) return;
    shown.current = page;
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [page]);
  const closeDrawer = useCallback(() => setDrawer(false), []);
  return (
    <>
      <button type="button" className="skip" onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <div className="shell">
        <header className="bar">
          <IconButton className="menu-button" icon="menu" label="Navigation" aria-expanded={drawer} onClick={() => setDrawer(true)} />
          <Link className="brand" href="/">
            <img src={mark} alt="" />
            Penstock
          </Link>
          <LinkMark />
          <NoticeBell />
          <UserMenu />
        </header>
        <Navigation />
        <main className="main" id="main" ref={main} tabIndex={-1}>
          <ConnectionBanner />
          {children}
        </main>
      </div>
      {drawer ? <Drawer onClose={closeDrawer} /> : null}
      <ToastList />
    </>
  );
}
