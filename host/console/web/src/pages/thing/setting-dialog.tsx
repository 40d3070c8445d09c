import { type ReactElement, useState } from "react";
import type { FeatureOfThing } from "../../../../../../shared/twin/documents/feature-of-thing-document.ts";
import { step } from "../../data/gateway-client.ts";
import { useAction } from "../../data/use-action.ts";
import { useConsole } from "../../data/use-console.ts";
import { formatValue } from "../../format/format-value.ts";
import { nestSetting, readSetting } from "../../logic/flat-settings.ts";
import { isKnownPart } from "../../logic/known-part.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import { FailureNotice } from "../../ui/notice.tsx";

const asText = (value: unknown): string =>
  typeof value === "string"
    ? value
    : typeof value === "boolean"
      ? value
        ? "on"
        : "off"
      : value === undefined
        ? ""
        : JSON.stringify(value);

/** Wants another value for one setting, or none. */
export function SettingDialog(props: {
  readonly feature: FeatureOfThing;
  readonly place: string;
  readonly now: unknown;
  readonly wanted: unknown;
  readonly onClose: () => void;
}): ReactElement {
  const { feature, place, now, wanted, onClose } = props;
  const { client, toasts } = useConsole();
  const [text, setText] = useState(asText(wanted ?? now));
  const read = readSetting(text, now ?? wanted);
  const nested =
    (feature.reported !== undefined && isKnownPart(feature.reported)) || (feature.desired !== undefined && isKnownPart(feature.desired));
  const write = (value: unknown): Promise<unknown> => {
    const setting = nestSetting(place, value);
    const desired = nested ? { value: setting } : setting;
    return client.patch(`/things/${step(feature.thing)}/features/${step(feature.id)}`, { desired });
  };
  const save = useAction(async () => {
    if (!("value" in read)) return;
    await write(read.value);
    toasts.say("good", `${place} is wanted as ${formatValue(read.value)}`);
    onClose();
  });
  const release = useAction(async () => {
    await write(null);
    toasts.say("good", `${place} is left to the board`);
    onClose();
  });
  const failure = save.failure ?? release.failure;
  return (
    <Dialog
      title={`Change ${place}`}
      onClose={onClose}
      onSubmit={() => void save.run()}
      foot={
        <>
          {wanted === undefined ? null : (
            <Button busy={release.busy} onClick={() => void release.run()}>
              Leave it to the board
            </Button>
          )}
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" busy={save.busy} disabled={!("value" in read)}>
            Set
          </Button>
        </>
      }
    >
      <p className="quiet">
        {feature.thing} · {feature.title ?? feature.id}. The board says {formatValue(now)} now.
      </p>
      <TextField
        label="Wanted"
        wrong={"wrong" in read && text !== "" ? read.wrong : undefined}
        path={`/desired/${place}`}
        failure={failure}
        value={text}
        onText={setText}
        autoFocus
      />
      {failure === undefined ? null : <FailureNotice failure={failure} />}
    </Dialog>
  );
}
