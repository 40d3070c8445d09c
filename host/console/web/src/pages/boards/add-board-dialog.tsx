import { type ReactElement, useState } from "react";
import type { BoardView } from "../../../../../../shared/twin/documents/board-document.ts";
import { useAction } from "../../data/use-action.ts";
import { useConsole } from "../../data/use-console.ts";
import { labelsFromText } from "../../logic/labels-text.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import { FailureNotice } from "../../ui/notice.tsx";

/** Names a board before it is there. */
export function AddBoardDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { client, cache, toasts } = useConsole();
  const [id, setId] = useState("");
  const [name, setName] = useState("");
  const [fingerprint, setFingerprint] = useState("");
  const [labels, setLabels] = useState("");
  const read = labelsFromText(labels);
  const add = useAction(async () => {
    if (typeof read === "string") return;
    const board = await client.post<BoardView>("/boards", {
      id: id.trim(),
      labels: read,
      ...(name.trim() !== "" && { name: name.trim() }),
      ...(fingerprint.trim() !== "" && { keyFingerprint: fingerprint.trim() }),
    });
    cache.invalidate(["/boards", "/overview"]);
    toasts.say("good", `${board.name} may come now`);
    onClose();
  });
  return (
    <Dialog
      title="Add a board"
      onClose={onClose}
      onSubmit={() => void add.run()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" busy={add.busy} disabled={id.trim() === "" || typeof read === "string"}>
            Add
          </Button>
        </>
      }
    >
      <TextField
        label="Id"
        hint="The id that the board's own configuration gives"
        path="/id"
        failure={add.failure}
        spellCheck={false}
        value={id}
        onText={setId}
        autoFocus
      />
      <TextField label="Name" hint="For people; default the id" path="/name" failure={add.failure} value={name} onText={setName} />
      <TextField
        label="Fingerprint of its key"
        className="input mono"
        hint="sha256:… as the board prints it. Without it the first key that it shows is kept."
        path="/keyFingerprint"
        failure={add.failure}
        spellCheck={false}
        value={fingerprint}
        onText={setFingerprint}
      />
      <TextField
        label="Labels"
        hint="As in site=east, line=a"
        path="/labels"
        failure={add.failure}
        wrong={typeof read === "string" ? read : undefined}
        value={labels}
        onText={setLabels}
      />
      {add.failure === undefined ? null : <FailureNotice failure={add.failure} />}
    </Dialog>
  );
}
