import { type ReactElement, useState } from "react";
import type { GrantDocument, Role } from "../../../../../../shared/twin/documents/principal-document.ts";
import { step } from "../../data/gateway-client.ts";
import type { Page as ListPage } from "../../data/gateway-types.ts";
import { useAction } from "../../data/use-action.ts";
import { useConsole } from "../../data/use-console.ts";
import type { Loaded } from "../../data/use-resource.ts";
import { actorText } from "../../logic/event-text.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Empty } from "../../ui/empty.tsx";
import { WhenLoaded } from "../../ui/loaded.tsx";
import { FailureNotice } from "../../ui/notice.tsx";
import { Stamp } from "../../ui/time.tsx";
import { RoleFields, scopeProblem } from "./role-fields.tsx";

function GrantDialog({ principal, onClose }: { readonly principal: string; readonly onClose: () => void }): ReactElement {
  const { client, cache } = useConsole();
  const [role, setRole] = useState<Role>("viewer");
  const [scope, setScope] = useState("all");
  const give = useAction(async () => {
    await client.post("/grants", { principal, role, scope: scope.trim() });
    cache.invalidate(["/grants", "/users", "/keys"]);
    onClose();
  });
  return (
    <Dialog
      title={`Give ${actorText(principal)} a role`}
      onClose={onClose}
      onSubmit={() => void give.run()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" busy={give.busy} disabled={scopeProblem(scope) !== undefined}>
            Give role
          </Button>
        </>
      }
    >
      <RoleFields role={role} scope={scope} failure={give.failure} onRole={setRole} onScope={setScope} />
      {give.failure === undefined ? null : <FailureNotice failure={give.failure} />}
    </Dialog>
  );
}

/** What somebody may, and where; roles are given and taken here. */
export function GrantsCard(props: {
  readonly principal: string;
  readonly grants: Loaded<ListPage<GrantDocument>>;
  readonly refused: string | undefined;
}): ReactElement {
  const { principal, grants, refused } = props;
  const { client, cache } = useConsole();
  const [giving, setGiving] = useState(false);
  const take = useAction(async (id: string) => {
    await client.delete(`/grants/${step(id)}`);
    cache.invalidate(["/grants", "/users", "/keys"]);
  });
  return (
    <Card
      title="Roles"
      flush
      actions={
        <Button icon="plus" whyNot={refused} onClick={() => setGiving(true)}>
          Give role
        </Button>
      }
    >
      {take.failure === undefined ? null : (
        <div className="card-body">
          <FailureNotice failure={take.failure} />
        </div>
      )}
      <WhenLoaded from={grants} rows={2}>
        {({ items }) => {
          const own = items.filter((grant) => grant.principal === principal);
          if (own.length === 0) return <Empty icon="users" title="No roles: nothing can be seen" />;
          return (
            <div className="table-wrap">
              <table className="table fold">
                <thead>
                  <tr>
                    <th scope="col">Role</th>
                    <th scope="col">Where</th>
                    <th scope="col">Given by</th>
                    <th scope="col">
                      <span className="hidden">Take away</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {own.map((grant) => (
                    <tr key={grant.id}>
                      <th scope="row" className="strong">
                        {grant.role}
                      </th>
                      <td data-name="Where">{grant.scope === "all" ? "everywhere" : grant.scope}</td>
                      <td data-name="Given by" className="small quiet">
                        <span>
                          {actorText(grant.createdBy)}, <Stamp at={grant.createdAt} />
                        </span>
                      </td>
                      <td className="fit">
                        <Button
                          kind="bare"
                          whyNot={refused}
                          aria-label={`Take away ${grant.role} at ${grant.scope}`}
                          onClick={() => void take.run(grant.id)}
                        >
                          Take away
                        </Button>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          );
        }}
      </WhenLoaded>
      {giving ? <GrantDialog principal={principal} onClose={() => setGiving(false)} /> : null}
    </Card>
  );
}
