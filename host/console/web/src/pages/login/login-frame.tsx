import type { ReactElement, ReactNode } from "react";
import mark from "../../mark.svg";

/** What surrounds the pages that are shown to nobody in particular. */
export function LoginFrame({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactElement {
  return (
    <main className="login">
      <span className="brand">
        <img src={mark} alt="" />
        Penstock
      </span>
      <section className="card">
        <div className="card-body stack">
          <h1>{title}</h1>
          {children}
        </div>
      </section>
    </main>
  );
}
