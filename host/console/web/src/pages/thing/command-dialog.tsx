import { type ReactElement, useState } from "react";
import type { FeatureOfThing } from "../../../../../../shared/twin/documents/feature-of-thing-document.ts";
import type { OperationDocument } from "../../../../../../shared/twin/documents/operation-document.ts";
import { step } from "../../data/gateway-client.ts";
import { useAction } from "../../data/use-action.ts";
import { useConsole } from "../../data/use-console.ts";
import { useLive } from "../../data/use-live.ts";
import { formatValue } from "../../format/format-value.ts";
import { unitSymbol } from "../../format/unit-symbol.ts";
import { checkCommand, commandForm, isImpulse, limitsText } from "../../logic/command-value.ts";
import { reportedReading } from "../../logic/reported-value.ts";
import { sameValue } from "../../logic/same-value.ts";
import { Button } from "../../ui/button.tsx";
import { Choices } from "../../ui/choices.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import { Icon } from "../../ui/icon.tsx";
import { FailureNotice, Notice } from "../../ui/notice.tsx";
import { type Asked, CommandFollow } from "./command-follow.tsx";

const withUnit = (text: string, unit: string): string => (unit === "" ? text : `${text} ${unit}`);

/** Asks for a value: old beside new, the limits, whether it is to hold; then follows it to its end. */
export function CommandDialog({ feature, onClose }: { readonly feature: FeatureOfThing; readonly onClose: () => void }): ReactElement {
  const { client } = useConsole();
  const { traits } = feature;
  const form = commandForm(traits);
  const reading = useLive(feature.thing, feature.id) ?? reportedReading(feature);
  const now = reading?.value;
  const [value, setValue] = useState<unknown>(() => firstValue(feature, now));
  const [text, setText] = useState(() => (typeof now === "number" || typeof now === "string" ? String(now) : ""));
  const [hold, setHold] = useState(!isImpulse(traits));
  const [asked, setAsked] = useState<Asked | undefined>(undefined);
  const unit = unitSymbol(traits.unit);
  const name = feature.title ?? feature.id;
  const checked = form.name === "choice" ? { value } : checkCommand(traits, text);
  const wanted = "value" in checked ? checked.value : undefined;
  const send = useAction(async () => {
    const at = Date.now();
    const had = sameValue(now, wanted);
    if (hold) {
      const path = `/things/${step(feature.thing)}/features/${step(feature.id)}`;
      const document = await client.patch<FeatureOfThing>(path, { desired: { value: wanted } });
      setAsked({ at, had, hold: true, desiredRev: document.desiredRev, value: wanted });
      return;
    }
    const operation = await client.post<OperationDocument>("/operations", {
      type: "feature.write",
      target: { thing: feature.thing, feature: feature.id },
      input: { value: wanted },
      idempotencyKey: crypto.getRandomValues(new Uint32Array(4)).join("-"),
    });
    setAsked({ at, had, hold: false, operation: operation.id, value: wanted });
  });
  const target = withUnit(formatValue(wanted), unit);
  if (asked !== undefined)
    return (
      <Dialog
        title={`${name}: ${target}`}
        onClose={onClose}
        onSubmit={onClose}
        foot={
          <Button type="submit" kind="primary">
            Close
          </Button>
        }
      >
        <CommandFollow feature={feature} asked={asked} />
      </Dialog>
    );
  const limits = limitsText(traits);
  const away = reading !== undefined && reading.quality !== "good";
  return (
    <Dialog
      title={`Command ${name}`}
      onClose={onClose}
      onSubmit={() => {
        if ("value" in checked && wanted !== undefined) void send.run();
      }}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" busy={send.busy} disabled={!("value" in checked) || wanted === undefined}>
            {wanted === undefined || !("value" in checked) ? "Set" : `Set to ${target}`}
          </Button>
        </>
      }
    >
      <div>
        <p className="quiet">
          {feature.thing} · {traits.description ?? feature.id}
        </p>
      </div>
      <div className="change">
        <div>
          <span className="small quiet">Now</span>
          <span className="big cut">{withUnit(formatValue(now), unit)}</span>
        </div>
        <Icon name="arrow" />
        <div className="to">
          <span className="small quiet">New</span>
          <span className="big cut">{"value" in checked && wanted !== undefined ? target : "–"}</span>
        </div>
      </div>
      {form.name === "choice" ? (
        <div className="field">
          <span className="label">New value</span>
          <span>
            <Choices
              label="New value"
              value={value === undefined ? undefined : JSON.stringify(value)}
              options={form.values.map((option) => [JSON.stringify(option), formatValue(option)])}
              onPick={(picked) => setValue(form.values.find((option) => JSON.stringify(option) === picked))}
            />
          </span>
        </div>
      ) : (
        <TextField
          label="New value"
          inputMode={form.name === "number" ? "decimal" : "text"}
          autoFocus
          unit={unit}
          hint={limits === undefined ? undefined : `Limits: ${limits}`}
          wrong={"wrong" in checked && text !== "" ? checked.wrong : undefined}
          path="/desired/value"
          failure={send.failure}
          value={text}
          onText={setText}
        />
      )}
      <fieldset className="stack tight">
        <legend className="label">How</legend>
        <label className="option">
          <input type="radio" name="how" checked={hold} onChange={() => setHold(true)} />
          <span>Hold it</span>
          <span className="hint">The gateway keeps it wanted and brings it to the device again after an outage.</span>
        </label>
        <label className="option">
          <input type="radio" name="how" checked={!hold} onChange={() => setHold(false)} />
          <span>Once</span>
          <span className="hint">Written one time within a minute, or not at all.</span>
        </label>
      </fieldset>
      {away ? (
        <Notice tone="warn">
          <p>The value that is shown is {reading.quality}: the device may not be reachable now.</p>
        </Notice>
      ) : null}
      {send.failure === undefined ? null : <FailureNotice failure={send.failure} />}
    </Dialog>
  );
}

/** What a choice begins with: the other one of two, the only one of one, none of many. */
function firstValue({ traits }: FeatureOfThing, now: unknown): unknown {
  const form = commandForm(traits);
  if (form.name !== "choice") return undefined;
  if (form.values.length === 1) return form.values[0];
  return form.values.length === 2 ? form.values.find((value) => value !== now) : undefined;
}
