import { type ReactElement, type ReactNode, useId } from "react";

/** A sheet with a heading. */
export function Card(props: {
  readonly title?: ReactNode;
  readonly actions?: ReactNode;
  readonly foot?: ReactNode;
  /** The content brings its own distances, as tables and lists do. */
  readonly flush?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}): ReactElement {
  const { title, actions, foot, flush = false, className = "", children } = props;
  const id = useId();
  return (
    <section className={`card ${className}`} aria-labelledby={title === undefined ? undefined : id}>
      {title === undefined ? null : (
        <div className="card-head">
          <h2 id={id}>{title}</h2>
          {actions === undefined ? null : <div className="actions">{actions}</div>}
        </div>
      )}
      {flush ? children : <div className="card-body">{children}</div>}
      {foot === undefined ? null : <div className="card-foot">{foot}</div>}
    </section>
  );
}
