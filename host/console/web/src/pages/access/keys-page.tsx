import { type ReactElement, useState } from "react";
import type { GrantDocument } from "../../../../../../shared/twin/documents/principal-document.ts";
import { step } from "../../data/gateway-client.ts";
import type { KeyView, Page as ListPage } from "../../data/gateway-types.ts";
import { useConsole, useMe, useNow } from "../../data/use-console.ts";
import { useResource } from "../../data/use-resource.ts";
import { whyNot } from "../../logic/permitted.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { Empty } from "../../ui/empty.tsx";
import { WhenLoaded } from "../../ui/loaded.tsx";
import { Page } from "../../ui/page.tsx";
import { Ago, Stamp } from "../../ui/time.tsx";
import { AddKeyDialog } from "./add-key-dialog.tsx";
import { RoleTags } from "./role-tags.tsx";

function Expiry({ at }: { readonly at: number | undefined }): ReactElement {
  const now = useNow();
  if (at === undefined) return <span className="faint">never</span>;
  return at <= now ? <Badge tone="stale" word="expired" /> : <Stamp at={at} />;
}

/** Keys that machines use in place of a log-in. */
export function KeysPage(): ReactElement {
  const { client, cache, toasts } = useConsole();
  const me = useMe();
  const keys = useResource<ListPage<KeyView>>("/keys?limit=500");
  const grants = useResource<ListPage<GrantDocument>>("/grants?limit=500");
  const refused = whyNot(me, "keys");
  const [adding, setAdding] = useState(false);
  const [revoking, setRevoking] = useState<KeyView | undefined>(undefined);
  return (
    <Page
      title="Keys"
      lead="A key lets a program use the API with Authorization: Bearer. It may never do more than its owner."
      actions={
        <Button kind="primary" icon="plus" whyNot={refused} onClick={() => setAdding(true)}>
          Make key
        </Button>
      }
    >
      <Card flush>
        <WhenLoaded from={keys} rows={3}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon="keys" title="No keys yet">
                Make one for a script, a dashboard or another system.
              </Empty>
            ) : (
              <div className="table-wrap">
                <table className="table fold">
                  <thead>
                    <tr>
                      <th scope="col">Key</th>
                      <th scope="col">Owner</th>
                      <th scope="col">Roles</th>
                      <th scope="col">Used</th>
                      <th scope="col">Expires</th>
                      <th scope="col">
                        <span className="hidden">Revoke</span>
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {items.map((key) => (
                      <tr key={key.id}>
                        <th scope="row">
                          <span className="strong">{key.name}</span>
                          <div className="small faint mono">{key.id}</div>
                        </th>
                        <td data-name="Owner" className="fit">
                          <span>
                            {key.owner}
                            {key.owner === me.user ? <span className="faint"> · you</span> : null}
                          </span>
                        </td>
                        <td data-name="Roles">
                          {grants.failure?.status === 403 ? (
                            <span className="faint">–</span>
                          ) : (
                            <RoleTags grants={grants.data?.items.filter(({ principal }) => principal === `key:${key.id}`)} />
                          )}
                        </td>
                        <td data-name="Used" className="fit">
                          {key.lastUsedAt === undefined ? <span className="faint">never</span> : <Ago at={key.lastUsedAt} />}
                        </td>
                        <td data-name="Expires" className="fit">
                          <Expiry at={key.expiresAt} />
                        </td>
                        <td className="fit">
                          <Button kind="bare" whyNot={refused} aria-label={`Revoke ${key.name}`} onClick={() => setRevoking(key)}>
                            Revoke
                          </Button>
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
      {adding ? <AddKeyDialog onClose={() => setAdding(false)} /> : null}
      {revoking === undefined ? null : (
        <ConfirmDialog
          title={`Revoke ${revoking.name}?`}
          act="Revoke"
          danger
          onClose={() => setRevoking(undefined)}
          work={async () => {
            await client.delete(`/keys/${step(revoking.id)}`);
            cache.invalidate(["/keys", "/grants"]);
            toasts.say("good", `${revoking.name} was revoked`, "It is refused from now on.");
          }}
        >
          <p>Whatever uses this key is refused at once. This cannot be taken back.</p>
        </ConfirmDialog>
      )}
    </Page>
  );
}
