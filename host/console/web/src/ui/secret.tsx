import { type ReactElement, useState } from "react";
import { Button } from "./button.tsx";

/** Something that is shown once, to be copied. */
export function Secret({ text, name }: { readonly text: string; readonly name: string }): ReactElement {
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    // Beyond loopback browsers give the clipboard to TLS pages only; then the text is marked by hand.
    void navigator.clipboard?.writeText(text).then(() => setCopied(true));
  };
  return (
    <div className="field">
      <span className="label">{name}</span>
      <div className="secret">
        <code>{text}</code>
        <Button icon={copied ? "check" : "copy"} onClick={copy} aria-label={copied ? `${name} is copied` : `Copy ${name}`}>
          {copied ? "Copied" : "Copy"}
        </Button>
      </div>
    </div>
  );
}
