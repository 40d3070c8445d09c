import type { ReactElement, ReactNode } from "react";
import { Icon, type IconName } from "./icon.tsx";

/** What stands where a list has nothing: why, and what to do. */
export function Empty({
  icon,
  title,
  children,
}: {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ReactNode;
}): ReactElement {
  return (
    <div className="empty">
      <Icon name={icon} size={28} />
      <p className="empty-line empty-title">{title}</p>
      {children === undefined ? null : <p className="empty-line">{children}</p>}
    </div>
  );
}
