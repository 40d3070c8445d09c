import { type ReactElement, useState } from "react";
import type { ThingDocument } from "../../../../../../shared/twin/documents/thing-document.ts";
import { step } from "../../data/gateway-client.ts";
import { useAction } from "../../data/use-action.ts";
import { useConsole } from "../../data/use-console.ts";
import { labelsFromText, labelsPatch, labelsToText } from "../../logic/labels-text.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import { FailureNotice } from "../../ui/notice.tsx";

/** Changes what people say of a thing. A change by somebody else meanwhile is not overwritten. */
export function EditThingDialog({ thing, onClose }: { readonly thing: ThingDocument; readonly onClose: () => void }): ReactElement {
  const { client, cache, toasts } = useConsole();
  const [name, setName] = useState(thing.name);
  const [description, setDescription] = useState(thing.description ?? "");
  const [labels, setLabels] = useState(labelsToText(thing.labels));
  const read = labelsFromText(labels);
  const save = useAction(async () => {
    if (typeof read === "string") return;
    const path = `/things/${step(thing.id)}`;
    const patch = { name, description: description === "" ? null : description, labels: labelsPatch(thing.labels, read) };
    cache.put(path, await client.patch<ThingDocument>(path, patch, thing.rev));
    toasts.say("good", `${name} was changed`);
    onClose();
  });
  return (
    <Dialog
      title={`Edit ${thing.id}`}
      onClose={onClose}
      onSubmit={() => void save.run()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" busy={save.busy} disabled={typeof read === "string"}>
            Save
          </Button>
        </>
      }
    >
      <TextField label="Name" path="/name" failure={save.failure} maxLength={128} value={name} onText={setName} autoFocus />
      <TextField
        label="Description"
        path="/description"
        failure={save.failure}
        maxLength={1024}
        value={description}
        onText={setDescription}
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
