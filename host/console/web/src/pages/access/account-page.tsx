import { type ReactElement, useState } from "react";
import { useAction } from "../../data/use-action.ts";
import { useConsole, useMe } from "../../data/use-console.ts";
import { Card } from "../../ui/card.tsx";
import { Page } from "../../ui/page.tsx";
import { PasswordForm } from "../../ui/password-form.tsx";
import { Stamp } from "../../ui/time.tsx";
import { RoleTags } from "./role-tags.tsx";

/** The own account: what one may, and a new password. */
export function AccountPage(): ReactElement {
  const { session, toasts } = useConsole();
  const me = useMe();
  const [changes, setChanges] = useState(0);
  const save = useAction(async (passwords: { readonly current: string; readonly password: string }) => {
    await session.setPassword(passwords);
    toasts.say("good", "The password was changed", "All other log-ins have ended.");
    setChanges(changes + 1);
  });
  return (
    <Page title="Account">
      <div className="split">
        <Card title="Password">
          <PasswordForm
            key={changes}
            act="Change password"
            current
            user={me.user}
            busy={save.busy}
            failure={save.failure}
            onSubmit={(passwords) => void save.run(passwords)}
          />
        </Card>
        <Card title={me.name}>
          <dl className="facts">
            <dt>User</dt>
            <dd>{me.user}</dd>
            <dt>Roles</dt>
            <dd>
              <RoleTags grants={me.roles} />
            </dd>
            <dt>Logged in until</dt>
            <dd>
              <Stamp at={me.expiresAt} />
            </dd>
          </dl>
        </Card>
      </div>
    </Page>
  );
}
