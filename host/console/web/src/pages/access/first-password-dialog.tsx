import { type ReactElement, useState } from "react";
import { shortestPassword } from "../../../../../../shared/twin/access/password-policy.ts";
import { step } from "../../data/gateway-client.ts";
import type { UserView } from "../../data/gateway-types.ts";
import { useAction } from "../../data/use-action.ts";
import { useConsole } from "../../data/use-console.ts";
import { passwordProblem } from "../../logic/password-problem.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import { FailureNotice } from "../../ui/notice.tsx";

/** Gives a user a password that he must change at the next log-in. */
export function FirstPasswordDialog({ user, onClose }: { readonly user: UserView; readonly onClose: () => void }): ReactElement {
  const { client, cache, toasts } = useConsole();
  const [password, setPassword] = useState("");
  const wrong = passwordProblem(password, "", user.id).password;
  const save = useAction(async () => {
    await client.post(`/users/${step(user.id)}/password`, { password });
    cache.invalidate(["/users"]);
    toasts.say("good", `${user.name} must change this password at the next log-in`);
    onClose();
  });
  return (
    <Dialog
      title={`First password of ${user.name}`}
      onClose={onClose}
      onSubmit={() => void save.run()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" busy={save.busy} disabled={password === "" || wrong !== undefined}>
            Set
          </Button>
        </>
      }
    >
      <p className="quiet">
        The present password stops working and all log-ins end. Tell the new one in person; it has to be changed then.
      </p>
      <TextField
        label="First password"
        type="password"
        autoComplete="new-password"
        hint={`At least ${shortestPassword} characters`}
        path="/password"
        failure={save.failure}
        wrong={wrong}
        value={password}
        onText={setPassword}
        autoFocus
      />
      {save.failure === undefined ? null : <FailureNotice failure={save.failure} />}
    </Dialog>
  );
}
