import { type ReactElement, useState } from "react";
import type { BoardView } from "../../../../../../shared/twin/documents/board-document.ts";
import { step } from "../../data/gateway-client.ts";
import { useAction } from "../../data/use-action.ts";
import { useConsole } from "../../data/use-console.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { FailureNotice, Notice } from "../../ui/notice.tsx";
import { Secret } from "../../ui/secret.tsx";

interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Makes a new MQTT password for a board and shows it once. */
export function CredentialsDialog({ board, onClose }: { readonly board: BoardView; readonly onClose: () => void }): ReactElement {
  const { client } = useConsole();
  const [made, setMade] = useState<Credentials | undefined>(undefined);
  const make = useAction(async () => setMade(await client.post<Credentials>(`/boards/${step(board.id)}/credentials`, {})));
  return (
    <Dialog
      title={`Credentials of ${board.name}`}
      onClose={onClose}
      onSubmit={made === undefined ? () => void make.run() : onClose}
      foot={
        made === undefined ? (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" kind="primary" busy={make.busy}>
              Make new credentials
            </Button>
          </>
        ) : (
          <Button type="submit" kind="primary">
            I have kept them
          </Button>
        )
      }
    >
      {made === undefined ? (
        <p>
          The board logs in to the gateway's broker with these. A password that it uses now stops working at once, and it is lost until it
          has the new one.
        </p>
      ) : (
        <>
          <Notice tone="warn">
            <p className="strong">They are shown this once</p>
            <p>Put them into the board's configuration before you close this.</p>
          </Notice>
          <Secret name="User" text={made.username} />
          <Secret name="Password" text={made.password} />
        </>
      )}
      {make.failure === undefined ? null : <FailureNotice failure={make.failure} />}
    </Dialog>
  );
}
