import { type ReactElement, type ReactNode, useEffect } from "react";
import { Link } from "wouter";
import { Icon } from "./icon.tsx";

/** A page: its title, what can be done, and its content. */
export function Page(props: {
  readonly title: string;
  /** Beside the title. */
  readonly mark?: ReactNode;
  readonly back?: { readonly href: string; readonly words: string };
  readonly actions?: ReactNode;
  readonly lead?: ReactNode;
  readonly children: ReactNode;
}): ReactElement {
  const { title, mark, back, actions, lead, children } = props;
  useEffect(() => {
    document.title = `${title} · Penstock`;
  }, [title]);
  return (
    <div className="page">
      <header className="page-head">
        {back === undefined ? null : (
          <Link className="crumb row" href={back.href}>
            <Icon name="left" size={14} />
            {back.words}
          </Link>
        )}
        <h1>{title}</h1>
        {mark === undefined ? null : <div className="mark">{mark}</div>}
        {actions === undefined ? null : <div className="actions">{actions}</div>}
        {lead === undefined ? null : <p>{lead}</p>}
      </header>
      {children}
    </div>
  );
}
