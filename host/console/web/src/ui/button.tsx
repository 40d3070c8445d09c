import type { ButtonHTMLAttributes, ReactElement } from "react";
import { Icon, type IconName } from "./icon.tsx";

export type ButtonKind = "plain" | "primary" | "danger" | "bare";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly kind?: ButtonKind;
  readonly icon?: IconName;
  /** Why it cannot be used now: shown on hover and told to screen readers. */
  readonly whyNot?: string | undefined;
  readonly busy?: boolean;
}

/** A button with words. What may not be pressed stays in place and says why. */
export function Button({ kind = "plain", icon, whyNot, busy = false, children, title, onClick, ...rest }: ButtonProps): ReactElement {
  const refused = whyNot !== undefined;
  return (
    <button
      type="button"
      {...rest}
      className={`button ${kind}`}
      title={whyNot ?? title}
      aria-disabled={refused || busy || undefined}
      aria-description={whyNot}
      onClick={(event) => {
        if (refused || busy) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {icon === undefined ? null : <Icon name={icon} size={16} />}
      {children}
      {busy ? " …" : null}
    </button>
  );
}

/** A button that shows a sign only; `label` is its name. */
export function IconButton(
  props: ButtonHTMLAttributes<HTMLButtonElement> & { readonly icon: IconName; readonly label: string },
): ReactElement {
  const { icon, label, className = "", children, ...rest } = props;
  return (
    <button type="button" {...rest} className={`button icon bare ${className}`} aria-label={label} title={label}>
      <Icon name={icon} />
      {children}
    </button>
  );
}
