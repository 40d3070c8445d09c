import { type ReactElement, useState } from "react";
import type { BoardView } from "../../../../../../shared/twin/documents/board-document.ts";
import { step } from "../../data/gateway-client.ts";
import { useAction } from "../../data/use-action.ts";
import { useConsole } from "../../data/use-console.ts";
import { labelsFromText } from "../../logic/labels-text.ts";
import { fingerprintGroups } from "../../logic/stream-summary.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import { FailureNotice, Notice } from "../../ui/notice.tsx";

/** Takes a board in that said hello. The key that the person saw goes with it: another one is refused. */
export function AdoptDialog({ board, onClose }: { readonly board: BoardView; readonly onClose: () => void }): ReactElement {
  const { client, cache, toasts } = useConsole();
  const [name, setName] = useState(board.name);
  const [labels, setLabels] = useState("");
  // The key may change under the dialog when somebody else's board takes the name; what was read is what counts.
  const [fingerprint] = useState(board.keyFingerprint);
  const read = labelsFromText(labels);
  const adopt = useAction(async () => {
    if (typeof read === "string") return;
    await client.post(`/boards/${step(board.id)}/adopt`, {
      ...(name.trim() !== "" && { name: name.trim() }),
      labels: read,
      ...(fingerprint !== undefined && { keyFingerprint: fingerprint }),
    });
    cache.invalidate(["/boards", "/overview"]);
    toasts.say("good", `${name.trim() === "" ? board.id : name.trim()} was adopted`);
    onClose();
  });
  return (
    <Dialog
      title={`Adopt ${board.id}`}
      onClose={onClose}
      onSubmit={() => void adopt.run()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" busy={adopt.busy} disabled={typeof read === "string"}>
            Adopt
          </Button>
        </>
      }
    >
      {fingerprint === undefined ? (
        <Notice tone="warn">
          <p>This board has shown no key. The first key that it shows will be kept.</p>
        </Notice>
      ) : (
        <div className="field">
          <span className="label">Fingerprint of its key</span>
          <div className="fingerprint">
            {fingerprintGroups(fingerprint).map((group, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: groups may be alike, and their places are fixed
              <span key={index}>{group}</span>
            ))}
          </div>
          <p className="hint">
            Compare it with what the board prints at its start. If it differs, somebody else answers in its name: do not adopt it.
          </p>
        </div>
      )}
      <TextField label="Name" path="/name" failure={adopt.failure} maxLength={128} value={name} onText={setName} autoFocus />
      <TextField
        label="Labels"
        hint="As in site=east, line=a"
        path="/labels"
        failure={adopt.failure}
        wrong={typeof read === "string" ? read : undefined}
        value={labels}
        onText={setLabels}
      />
      {adopt.failure === undefined ? null : <FailureNotice failure={adopt.failure} />}
    </Dialog>
  );
}
