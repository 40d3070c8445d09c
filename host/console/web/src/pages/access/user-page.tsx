import { type ReactElement, useState } from "react";
import { useLocation } from "wouter";
import type { GrantDocument } from "../../../../../../shared/twin/documents/principal-document.ts";
import { step } from "../../data/gateway-client.ts";
import type { Page as ListPage, UserView } from "../../data/gateway-types.ts";
import { useAction } from "../../data/use-action.ts";
import { useConsole, useMe } from "../../data/use-console.ts";
import { useResource } from "../../data/use-resource.ts";
import { whyNot } from "../../logic/permitted.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { WhenLoaded } from "../../ui/loaded.tsx";
import { FailureNotice } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Stamp } from "../../ui/time.tsx";
import { FirstPasswordDialog } from "./first-password-dialog.tsx";
import { GrantsCard } from "./grants-card.tsx";
import { UserState } from "./users-page.tsx";

function User({ user }: { readonly user: UserView }): ReactElement {
  const { client, cache, toasts } = useConsole();
  const me = useMe();
  const [, go] = useLocation();
  const grants = useResource<ListPage<GrantDocument>>("/grants?limit=500");
  const [open, setOpen] = useState<"password" | "delete" | undefined>(undefined);
  const path = `/users/${step(user.id)}`;
  const refused = whyNot(me, "users");
  const self = user.id === me.user ? "This is you: somebody else has to do it." : undefined;
  const act = useAction(async (work: () => Promise<unknown>, words: string) => {
    await work();
    cache.invalidate(["/users", "/grants"]);
    toasts.say("good", words);
  });
  const turn = (): Promise<unknown> => client.patch(path, { enabled: !user.enabled }, user.rev);
  return (
    <Page title={user.name} back={{ href: "/users", words: "Users" }} mark={<UserState user={user} />}>
      {act.failure === undefined ? null : <FailureNotice failure={act.failure} />}
      <div className="split">
        <GrantsCard principal={`user:${user.id}`} grants={grants} refused={refused} />
        <Card title="Account">
          <div className="stack">
            <dl className="facts">
              <dt>User</dt>
              <dd>{user.id}</dd>
              <dt>Since</dt>
              <dd>
                <Stamp at={user.createdAt} />
              </dd>
              <dt>Password</dt>
              <dd>
                {user.passwordChangedAt === undefined ? (
                  <span className="faint">not set</span>
                ) : (
                  <>
                    set <Stamp at={user.passwordChangedAt} />
                  </>
                )}
              </dd>
            </dl>
            <div className="row wrap">
              <Button whyNot={refused} onClick={() => setOpen("password")}>
                Set first password
              </Button>
              <Button
                whyNot={refused}
                busy={act.busy}
                onClick={() => void act.run(() => client.post(`${path}/unlock`), `${user.name} may try again`)}
              >
                Unlock
              </Button>
              <Button
                whyNot={refused}
                busy={act.busy}
                onClick={() => void act.run(() => client.delete(`${path}/sessions`), `${user.name} is logged out everywhere`)}
              >
                Log out everywhere
              </Button>
              <Button
                whyNot={refused ?? self}
                busy={act.busy}
                onClick={() => void act.run(turn, user.enabled ? `${user.name} cannot log in any more` : `${user.name} may log in again`)}
              >
                {user.enabled ? "Disable" : "Enable"}
              </Button>
              <Button kind="danger" whyNot={refused ?? self} onClick={() => setOpen("delete")}>
                Delete
              </Button>
            </div>
          </div>
        </Card>
      </div>
      {open === "password" ? <FirstPasswordDialog user={user} onClose={() => setOpen(undefined)} /> : null}
      {open === "delete" ? (
        <ConfirmDialog
          title={`Delete ${user.name}?`}
          act="Delete"
          danger
          onClose={() => setOpen(undefined)}
          work={async () => {
            await client.delete(path, user.rev);
            cache.invalidate(["/users", "/grants", "/keys"]);
            go("/users");
          }}
        >
          <p>Roles and keys of {user.id} go too; machines that use those keys are refused at once. What was done stays in the audit log.</p>
        </ConfirmDialog>
      ) : null}
    </Page>
  );
}

/** One user: roles, and the account itself. */
export function UserPage({ user }: { readonly user: string }): ReactElement {
  const view = useResource<UserView>(`/users/${step(user)}`);
  if (view.data !== undefined) return <User user={view.data} />;
  return (
    <Page title={user} back={{ href: "/users", words: "Users" }}>
      <Card flush>
        <WhenLoaded from={view} rows={4}>
          {() => null}
        </WhenLoaded>
      </Card>
    </Page>
  );
}
