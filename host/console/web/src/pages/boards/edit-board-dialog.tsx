import { type ReactElement, useState } from "react";
import type { BoardView } from "../../../../../../shared/twin/documents/board-document.ts";
import { step } from "../../data/gateway-client.ts";
import { useAction } from "../../data/use-action.ts";
import { useConsole } from "../../data/use-console.ts";
import { labelsFromText, labelsPatch, labelsToText } from "../../logic/labels-text.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import { FailureNotice } from "../../ui/notice.tsx";

/** Changes the name, address and labels of a board. */
export function EditBoardDialog({ board, onClose }: { readonly board: BoardView; readonly onClose: () => void }): ReactElement {
  const { client, cache, toasts } = useConsole();
  const [name, setName] = useState(board.name);
  const [address, setAddress] = useState(board.address ?? "");
  const [labels, setLabels] = useState(labelsToText(board.labels));
  const read = labelsFromText(labels);
  const save = useAction(async () => {
    if (typeof read === "string") return;
    const path = `/boards/${step(board.id)}`;
    const patch = { name, address: address.trim() === "" ? null : address.trim(), labels: labelsPatch(board.labels, read) };
    cache.put(path, await client.patch<BoardView>(path, patch, board.rev));
    cache.invalidate(["/boards"]);
    toasts.say("good", `${name} was changed`);
    onClose();
  });
  return (
    <Dialog
      title={`Edit ${board.id}`}
      onClose={onClose}
      onSubmit={() => void save.run()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" busy={save.busy} disabled={typeof read === "string" || name.trim() === ""}>
            Save
          </Button>
        </>
      }
    >
      <TextField label="Name" path="/name" failure={save.failure} maxLength={128} value={name} onText={setName} autoFocus />
      <TextField
        label="Address"
        hint="Where it was last seen, or where to look; never who it is"
        path="/address"
        failure={save.failure}
        value={address}
        onText={setAddress}
      />
      <TextField
        label="Labels"
        hint="As in site=east, line=a"
        path="/labels"
        failure={save.failure}
        wrong={typeof read === "string" ? read : undefined}
        value={labels}
        onText={setLabels}
      />
      {save.failure === undefined ? null : <FailureNotice failure={save.failure} />}
    </Dialog>
  );
}
