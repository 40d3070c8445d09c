import { type ReactElement, useState } from "react";
import type { SessionView } from "../../data/gateway-types.ts";
import { useAction } from "../../data/use-action.ts";
import { useConsole } from "../../data/use-console.ts";
import { Button } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import { PasswordForm } from "../../ui/password-form.tsx";
import { LoginFrame } from "./login-frame.tsx";

/** Stands between the log-in and the pages until a password of one's own is set: at the first start with the user's name, later in place of the one that somebody else chose. */
export function FirstPasswordPage({ view }: { readonly view: SessionView }): ReactElement {
  const { session } = useConsole();
  // The first-start token belongs to nobody yet.
  const first = view.user === "";
  const [user, setUser] = useState(first ? "admin" : view.user);
  const save = useAction(({ password }: { readonly password: string }) =>
    session.setPassword({ password, ...(first && { user: user.trim() }) }),
  );
  return (
    <LoginFrame title={first ? "Make the first admin" : "Set your own password"}>
      <p className="quiet">
        {first
          ? "This account may do everything. The token stops working as soon as the password is set."
          : `Somebody else chose the first password of ${view.name}. Choose one that only you know.`}
      </p>
      <PasswordForm
        act={first ? "Make the admin and log in" : "Set password"}
        current={false}
        user={user}
        busy={save.busy}
        ready={!first || /^[A-Za-z0-9][A-Za-z0-9:._-]{0,63}$/.test(user.trim())}
        failure={save.failure}
        onSubmit={(passwords) => void save.run(passwords)}
      >
        {first ? (
          <TextField
            label="User"
            autoComplete="username"
            spellCheck={false}
            hint="The name to log in with: letters, digits and . _ - without spaces."
            path="/user"
            failure={save.failure}
            value={user}
            onText={setUser}
          />
        ) : null}
      </PasswordForm>
      <Button kind="bare" onClick={() => void session.logOut()}>
        Log out
      </Button>
    </LoginFrame>
  );
}
