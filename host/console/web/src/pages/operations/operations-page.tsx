import { type ReactElement, useState } from "react";
import { Link } from "wouter";
import type { OperationDocument } from "../../../../../../shared/twin/documents/operation-document.ts";
import { step, withQuery } from "../../data/gateway-client.ts";
import type { Page as ListPage } from "../../data/gateway-types.ts";
import { useAction } from "../../data/use-action.ts";
import { useConsole, useMe } from "../../data/use-console.ts";
import { useResource } from "../../data/use-resource.ts";
import { formatValue } from "../../format/format-value.ts";
import { actorText } from "../../logic/event-text.ts";
import { whyNot } from "../../logic/permitted.ts";
import { isRecord } from "../../logic/same-value.ts";
import { operationStates } from "../../logic/tone.ts";
import { StateBadge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Choices } from "../../ui/choices.tsx";
import { Empty } from "../../ui/empty.tsx";
import { WhenLoaded } from "../../ui/loaded.tsx";
import { Page } from "../../ui/page.tsx";
import { Pager } from "../../ui/pager.tsx";
import { Stamp } from "../../ui/time.tsx";
import { usePages } from "../../ui/use-pages.ts";

const size = 50;
const open = ["pending", "queued", "sent", "accepted", "running", "uncertain", "cancelling"] as const;
const views = [
  ["all", "All"],
  ["open", "Open"],
  ["failed", "Failed"],
] as const;
const filters = {
  all: undefined,
  open: `state in [${open.map((state) => `"${state}"`).join(", ")}]`,
  failed: 'state in ["failed", "rejected", "expired"]',
} as const;

/** What an operation is to do, in short. */
function inputText({ input }: OperationDocument): string {
  if (input === undefined) return "";
  return isRecord(input) && "value" in input ? formatValue(input["value"]) : JSON.stringify(input);
}

function OperationRow({ operation }: { readonly operation: OperationDocument }): ReactElement {
  const { client, cache, toasts } = useConsole();
  const me = useMe();
  const { thing, feature } = operation.target;
  const cancel = useAction(async () => {
    await client.post(`/operations/${step(operation.id)}/cancel`);
    cache.invalidate(["/operations"]);
  });
  const isOpen = open.some((state) => state === operation.state) && operation.state !== "cancelling";
  return (
    <tr>
      <td className="fit">
        <StateBadge state={operationStates[operation.state]} reason={operation.error?.message} />
      </td>
      <th scope="row">
        <Link href={`/things/${step(thing)}${feature === undefined ? "" : `/${step(feature)}`}`}>
          {thing}
          {feature === undefined ? "" : ` · ${feature}`}
        </Link>
        <div className="small faint">
          {operation.type}
          {operation.desiredRev === undefined ? "" : ", to hold"}
        </div>
      </th>
      <td data-name="Input" className="strong nowrap">
        {inputText(operation)}
      </td>
      <td data-name="Result">
        {operation.error === undefined ? (
          <span className="quiet">{operation.stage ?? operationStates[operation.state].meaning}</span>
        ) : (
          <>
            <span>{operation.error.message}</span> <span className="small mono faint">{operation.error.code}</span>
          </>
        )}
      </td>
      <td data-name="By" className="fit">
        {actorText(operation.createdBy)}
      </td>
      <td data-name="Asked" className="fit">
        <Stamp at={operation.createdAt} />
      </td>
      <td className="fit">
        {isOpen ? (
          <Button
            kind="bare"
            busy={cancel.busy}
            whyNot={whyNot(me, "cancel", thing)}
            onClick={() =>
              void cancel.run().then((done) => {
                if (!done) toasts.say("bad", "It could not be called off", "It may be on its way already.");
              })
            }
          >
            Cancel
          </Button>
        ) : null}
      </td>
    </tr>
  );
}

/** Every piece of work that was asked for once, newest first. */
export function OperationsPage(): ReactElement {
  const [view, setView] = useState<(typeof views)[number][0]>("all");
  const pages = usePages();
  const operations = useResource<ListPage<OperationDocument>>(
    withQuery("/operations", { filter: filters[view], orderBy: "-createdAt", limit: size, cursor: pages.cursor }),
  );
  return (
    <Page title="Operations">
      <div className="filters">
        <Choices
          label="State"
          value={view}
          options={views}
          onPick={(picked) => {
            pages.first();
            setView(picked);
          }}
        />
      </div>
      <Card
        flush
        foot={
          <Pager
            shown={operations.data?.items.length ?? 0}
            total={operations.data?.total}
            page={pages.page}
            size={size}
            next={operations.data?.cursor}
            noun="operations"
            onNext={pages.next}
            onBack={pages.back}
          />
        }
      >
        <WhenLoaded from={operations} rows={8}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty
                icon="operations"
                title={view === "all" ? "Nothing was commanded yet" : view === "open" ? "Nothing is open" : "Nothing failed"}
              />
            ) : (
              <div className="table-wrap">
                <table className="table fold">
                  <thead>
                    <tr>
                      <th scope="col">State</th>
                      <th scope="col">Target</th>
                      <th scope="col">Input</th>
                      <th scope="col">Result</th>
                      <th scope="col">By</th>
                      <th scope="col">Asked</th>
                      <th scope="col">
                        <span className="hidden">Cancel</span>
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {items.map((operation) => (
                      <OperationRow key={operation.id} operation={operation} />
                    ))}
                  </tbody>
                </table>
              </div>
            )
          }
        </WhenLoaded>
      </Card>
    </Page>
  );
}
