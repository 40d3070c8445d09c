import type { ReactElement, ReactNode } from "react";
import { useAction } from "../data/use-action.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { FailureNotice } from "./notice.tsx";

/** Asks before something that cannot be taken back. */
export function ConfirmDialog(props: {
  readonly title: string;
  readonly act: string;
  readonly danger?: boolean;
  readonly work: () => Promise<unknown>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}): ReactElement {
  const { title, act, danger = false, work, onClose, children } = props;
  const action = useAction(work);
  const confirm = (): void => {
    void action.run().then((done) => {
      if (done) onClose();
    });
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      onSubmit={confirm}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind={danger ? "danger" : "primary"} busy={action.busy}>
            {act}
          </Button>
        </>
      }
    >
      <div>{children}</div>
      {action.failure === undefined ? null : <FailureNotice failure={action.failure} />}
    </Dialog>
  );
}
