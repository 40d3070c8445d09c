import { type ReactElement, useState } from "react";
import type { Role } from "../../../../../../shared/twin/documents/principal-document.ts";
import type { UserView } from "../../data/gateway-types.ts";
import { useAction } from "../../data/use-action.ts";
import { useConsole } from "../../data/use-console.ts";
import { passwordProblem } from "../../logic/password-problem.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import { FailureNotice } from "../../ui/notice.tsx";
import { RoleFields, scopeProblem } from "./role-fields.tsx";

/** Makes a user with a first password, which he must change, and a first role. */
export function AddUserDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { client, cache, toasts } = useConsole();
  const [id, setId] = useState("");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [scope, setScope] = useState("all");
  const [made, setMade] = useState(false);
  const wrongPassword = passwordProblem(password, "", id).password;
  const add = useAction(async () => {
    // The user may be there from a try whose grant was refused: then only the grant is left to make.
    if (!made) {
      await client.post<UserView>("/users", {
        id: id.trim(),
        ...(name.trim() !== "" && { name: name.trim() }),
        ...(password !== "" && { password }),
      });
      setMade(true);
      cache.invalidate(["/users"]);
    }
    await client.post("/grants", { principal: `user:${id.trim()}`, role, scope: scope.trim() });
    cache.invalidate(["/users", "/grants"]);
    toasts.say(
      "good",
      `${name.trim() === "" ? id.trim() : name.trim()} can log in`,
      password === "" ? "once a first password is set" : "with the first password, and must change it then",
    );
    onClose();
  });
  return (
    <Dialog
      title="Add a user"
      onClose={onClose}
      onSubmit={() => void add.run()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            kind="primary"
            busy={add.busy}
            disabled={id.trim() === "" || wrongPassword !== undefined || scopeProblem(scope) !== undefined}
          >
            Add user
          </Button>
        </>
      }
    >
      <TextField
        label="User"
        hint="The name to log in with"
        path="/id"
        failure={add.failure}
        autoComplete="off"
        spellCheck={false}
        value={id}
        onText={setId}
        autoFocus
      />
      <TextField
        label="Name"
        hint="For people; default the user's id"
        path="/name"
        failure={add.failure}
        autoComplete="off"
        value={name}
        onText={setName}
      />
      <TextField
        label="First password"
        type="password"
        autoComplete="new-password"
        hint="To be changed at the first log-in"
        path="/password"
        failure={add.failure}
        wrong={wrongPassword}
        value={password}
        onText={setPassword}
      />
      <RoleFields role={role} scope={scope} failure={add.failure} onRole={setRole} onScope={setScope} />
      {add.failure === undefined ? null : <FailureNotice failure={add.failure} />}
    </Dialog>
  );
}
