import { type ReactElement, useState } from "react";
import type { AuditDocument } from "../../../../../../shared/twin/documents/event-document.ts";
import { withQuery } from "../../data/gateway-client.ts";
import type { AuditCheck, Page as ListPage } from "../../data/gateway-types.ts";
import { useAction } from "../../data/use-action.ts";
import { useConsole } from "../../data/use-console.ts";
import { useResource } from "../../data/use-resource.ts";
import { formatNumber } from "../../format/format-number.ts";
import { actorText } from "../../logic/event-text.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Empty } from "../../ui/empty.tsx";
import { WhenLoaded } from "../../ui/loaded.tsx";
import { FailureNotice, Notice } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Pager } from "../../ui/pager.tsx";
import { Stamp } from "../../ui/time.tsx";
import { usePages } from "../../ui/use-pages.ts";

const size = 100;

function Verdict({ check }: { readonly check: AuditCheck }): ReactElement {
  return check.ok ? (
    <Notice tone="good">
      <p className="strong">Nothing was changed</p>
      <p>All {formatNumber(check.lines)} lines fit together, each with the one before.</p>
    </Notice>
  ) : (
    <Notice tone="bad" alert>
      <p className="strong">Line {check.wrong ?? "?"} was changed</p>
      <p>The lines from there on cannot be trusted. Compare with a backup, and find out who can write to the data directory.</p>
    </Notice>
  );
}

/** Who did what, and what was refused; each line holds the hash of the one before. */
export function AuditPage(): ReactElement {
  const { client } = useConsole();
  const pages = usePages();
  const lines = useResource<ListPage<AuditDocument>>(withQuery("/audit", { order: "desc", limit: size, after: pages.cursor }));
  const [check, setCheck] = useState<AuditCheck | undefined>(undefined);
  const verify = useAction(async () => setCheck(await client.get<AuditCheck>("/audit/verify")));
  return (
    <Page
      title="Audit"
      actions={
        <Button icon="check" busy={verify.busy} onClick={() => void verify.run()}>
          Verify the chain
        </Button>
      }
    >
      <div role="status">{check === undefined ? null : <Verdict check={check} />}</div>
      {verify.failure === undefined ? null : <FailureNotice failure={verify.failure} />}
      <Card
        flush
        foot={
          <Pager
            shown={lines.data?.items.length ?? 0}
            page={pages.page}
            size={size}
            next={lines.data?.cursor}
            noun="lines"
            onNext={pages.next}
            onBack={pages.back}
          />
        }
      >
        <WhenLoaded from={lines} rows={10}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon="audit" title="Nothing was done yet" />
            ) : (
              <div className="table-wrap">
                <table className="table fold">
                  <thead>
                    <tr>
                      <th scope="col">When</th>
                      <th scope="col">Who</th>
                      <th scope="col">What</th>
                      <th scope="col">On</th>
                      <th scope="col">Outcome</th>
                      <th scope="col" className="num">
                        Line
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {items.map((line) => (
                      <tr key={line.seq}>
                        <td data-name="When" className="fit">
                          <Stamp at={line.at} />
                        </td>
                        <td data-name="Who">
                          <span className="strong">{actorText(line.actor)}</span>
                          <div className="small faint">
                            {line.via}
                            {line.address === undefined ? "" : ` from ${line.address}`}
                          </div>
                        </td>
                        <td data-name="What">
                          <span className="mono small">{line.action}</span>
                          {line.mask === undefined || line.mask.length === 0 ? null : (
                            <div className="small faint">{line.mask.join(", ")}</div>
                          )}
                        </td>
                        <td data-name="On">
                          <span>
                            {line.kind} {line.id}
                          </span>
                          {line.after === undefined ? null : (
                            <div className="small faint">
                              revision {line.before ?? 0} → {line.after}
                            </div>
                          )}
                        </td>
                        <td data-name="Outcome" className="fit">
                          {line.outcome === "done" ? (
                            <Badge tone="good" word="done" plain />
                          ) : (
                            <Badge tone="bad" word="refused" meaning={line.code ?? "refused"} />
                          )}
                          {line.code === undefined ? null : <div className="small faint mono">{line.code}</div>}
                        </td>
                        <td data-name="Line" className="num quiet" title={`hash ${line.hash}`}>
                          {line.seq}
                        </td>
                      </tr>
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
