import { type ReactElement, useState } from "react";
import { Link } from "wouter";
import type { GrantDocument } from "../../../../../../shared/twin/documents/principal-document.ts";
import { step } from "../../data/gateway-client.ts";
import type { Page as ListPage, UserView } from "../../data/gateway-types.ts";
import { useMe, useNow } from "../../data/use-console.ts";
import { useResource } from "../../data/use-resource.ts";
import { whyNot } from "../../logic/permitted.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Empty } from "../../ui/empty.tsx";
import { WhenLoaded } from "../../ui/loaded.tsx";
import { Page } from "../../ui/page.tsx";
import { Stamp } from "../../ui/time.tsx";
import { AddUserDialog } from "./add-user-dialog.tsx";
import { RoleTags } from "./role-tags.tsx";

/** Whether somebody can log in. */
export function UserState({ user }: { readonly user: UserView }): ReactElement {
  const now = useNow();
  if (!user.enabled) return <Badge tone="off" word="disabled" meaning="Cannot log in." />;
  if (user.lockedUntil !== undefined && user.lockedUntil > now)
    return <Badge tone="warn" word="locked" meaning="Failed to log in too often; may try again later." />;
  if (!user.hasPassword) return <Badge tone="off" word="no password" meaning="Nobody can log in with it yet." />;
  if (user.mustChangePassword === true)
    return <Badge tone="info" word="invited" meaning="Must choose a password of their own at the next log-in." />;
  return <Badge tone="good" word="active" />;
}

/** Everybody who can log in, and what they may. */
export function UsersPage(): ReactElement {
  const me = useMe();
  const users = useResource<ListPage<UserView>>("/users?limit=500");
  const grants = useResource<ListPage<GrantDocument>>("/grants?limit=500");
  const [adding, setAdding] = useState(false);
  return (
    <Page
      title="Users"
      actions={
        <Button kind="primary" icon="plus" whyNot={whyNot(me, "users")} onClick={() => setAdding(true)}>
          Add user
        </Button>
      }
    >
      <Card flush>
        <WhenLoaded from={users} rows={4}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon="users" title="No users" />
            ) : (
              <div className="table-wrap">
                <table className="table fold">
                  <thead>
                    <tr>
                      <th scope="col">User</th>
                      <th scope="col">State</th>
                      <th scope="col">Roles</th>
                      <th scope="col">Since</th>
                    </tr>
                  </thead>
                  <tbody>
                    {items.map((user) => (
                      <tr key={user.id} className="pick">
                        <th scope="row">
                          <Link className="strong" href={`/users/${step(user.id)}`}>
                            {user.name}
                          </Link>
                          <div className="small faint">
                            {user.id}
                            {user.id === me.user ? " · you" : ""}
                          </div>
                        </th>
                        <td data-name="State" className="fit">
                          <UserState user={user} />
                        </td>
                        <td data-name="Roles">
                          <RoleTags grants={grants.data?.items.filter(({ principal }) => principal === `user:${user.id}`)} />
                        </td>
                        <td data-name="Since" className="fit">
                          <Stamp at={user.createdAt} />
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
      {adding ? <AddUserDialog onClose={() => setAdding(false)} /> : null}
    </Page>
  );
}
