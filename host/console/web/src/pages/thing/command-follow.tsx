import type { ReactElement } from "react";
import type { FeatureOfThing } from "../../../../../../shared/twin/documents/feature-of-thing-document.ts";
import type { OperationDocument } from "../../../../../../shared/twin/documents/operation-document.ts";
import { step, withQuery } from "../../data/gateway-client.ts";
import type { Page as ListPage } from "../../data/gateway-types.ts";
import { useBoardOf } from "../../data/use-board-of.ts";
import { useLive } from "../../data/use-live.ts";
import { useResource } from "../../data/use-resource.ts";
import { formatClock } from "../../format/format-time.ts";
import { type CommandStep, commandProgress } from "../../logic/command-steps.ts";
import { convergenceOf } from "../../logic/convergence.ts";
import type { Tone } from "../../logic/tone.ts";
import { Notice } from "../../ui/notice.tsx";
import { StateMark } from "../../ui/state-mark.tsx";

/** What was asked for. */
export type Asked =
  | { readonly at: number; readonly hold: true; readonly had: boolean; readonly desiredRev: number; readonly value: unknown }
  | { readonly at: number; readonly hold: false; readonly had: boolean; readonly operation: string; readonly value: unknown };

const tones: Readonly<Record<CommandStep["state"], Tone>> = { reached: "good", now: "busy", ahead: "off", failed: "bad" };
const words: Readonly<Record<CommandStep["state"], string>> = {
  reached: "reached",
  now: "under way",
  ahead: "to come",
  failed: "not reached",
};

/** The operation that carries a command: named by its answer, or made by the reconciler for what is to hold. */
function useOperation(feature: FeatureOfThing, asked: Asked): OperationDocument | undefined {
  const one = useResource<OperationDocument>(asked.hold ? undefined : `/operations/${step(asked.operation)}`, 2000);
  const list = useResource<ListPage<OperationDocument>>(
    asked.hold ? withQuery("/operations", { thing: feature.thing, orderBy: "-createdAt", limit: 20 }) : undefined,
    2000,
  );
  if (!asked.hold) return one.data;
  return list.data?.items.find(
    ({ target, desiredRev }) => target.feature === feature.id && desiredRev !== undefined && desiredRev >= asked.desiredRev,
  );
}

/** Shows where a command is on its way, as it goes. */
export function CommandFollow({ feature, asked }: { readonly feature: FeatureOfThing; readonly asked: Asked }): ReactElement {
  const operation = useOperation(feature, asked);
  const document = useResource<FeatureOfThing>(`/things/${step(feature.thing)}/features/${step(feature.id)}`, 2000).data;
  const live = useLive(feature.thing, feature.id);
  const board = useBoardOf(feature.thing);
  const fresh = document !== undefined && asked.hold && document.desiredRev >= asked.desiredRev;
  const held = fresh ? convergenceOf(document, live?.value) : undefined;
  const { steps, end } = commandProgress(asked.at, operation, held, asked.had);
  const waiting = end === undefined && board !== undefined && board.link.state !== "online";
  return (
    <>
      <ol className="steps" aria-label="Progress">
        {steps.map(({ word, state, at }) => (
          <li key={word} className={state === "ahead" ? "step" : "step reached"}>
            <StateMark tone={tones[state]} />
            <span>
              {word}
              <span className="hidden"> ({words[state]})</span>
            </span>
            <span className="small quiet">{at === undefined ? "" : formatClock(at, true)}</span>
          </li>
        ))}
      </ol>
      <div role="status">
        {end === undefined ? (
          <Notice tone={waiting ? "stale" : "busy"}>
            <p>
              {waiting
                ? `The board ${board.name} is ${board.link.state}. It waits for it${asked.hold ? "" : ", for a minute"}; you can close this.`
                : "Under way. You can close this; it goes on by itself."}
            </p>
          </Notice>
        ) : (
          <Notice tone={end.tone}>
            <p>{end.text}</p>
          </Notice>
        )}
      </div>
    </>
  );
}
