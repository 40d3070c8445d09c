import { type ReactElement, useState } from "react";
import type { Role } from "../../../../../../shared/twin/documents/principal-document.ts";
import type { KeyMade } from "../../data/gateway-types.ts";
import { useAction } from "../../data/use-action.ts";
import { useConsole, useMe } from "../../data/use-console.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { SelectField, TextField } from "../../ui/field.tsx";
import { FailureNotice, Notice } from "../../ui/notice.tsx";
import { Secret } from "../../ui/secret.tsx";
import { RoleFields, scopeProblem } from "./role-fields.tsx";

const day = 86_400_000;
const lives = [
  ["30", "30 days"],
  ["90", "90 days"],
  ["365", "1 year"],
  ["never", "never expires"],
] as const;

/** Makes a key and shows its secret once. */
export function AddKeyDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { client, cache } = useConsole();
  const me = useMe();
  const [name, setName] = useState("");
  const [life, setLife] = useState<(typeof lives)[number][0]>("90");
  const [role, setRole] = useState<Role>("viewer");
  const [scope, setScope] = useState(me.roles[0]?.scope ?? "all");
  const [made, setMade] = useState<KeyMade | undefined>(undefined);
  const make = useAction(async () => {
    const expiry = life === "never" ? {} : { expiresAt: Date.now() + Number(life) * day };
    setMade(await client.post<KeyMade>("/keys", { name: name.trim(), ...expiry, grants: [{ role, scope: scope.trim() }] }));
    cache.invalidate(["/keys", "/grants"]);
  });
  return (
    <Dialog
      title={made === undefined ? "Make a key" : `Key ${made.key.name}`}
      onClose={onClose}
      onSubmit={made === undefined ? () => void make.run() : onClose}
      foot={
        made === undefined ? (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" kind="primary" busy={make.busy} disabled={name.trim() === "" || scopeProblem(scope) !== undefined}>
              Make key
            </Button>
          </>
        ) : (
          <Button type="submit" kind="primary">
            I have kept it
          </Button>
        )
      }
    >
      {made === undefined ? (
        <>
          <TextField
            label="Name"
            hint="What uses it, as in dashboard in the hall"
            path="/name"
            failure={make.failure}
            maxLength={128}
            value={name}
            onText={setName}
            autoFocus
          />
          <RoleFields role={role} scope={scope} failure={make.failure} prefix="/grants/0" onRole={setRole} onScope={setScope} />
          <SelectField label="Expires" path="/expiresAt" failure={make.failure} value={life} options={lives} onPick={setLife} />
          {make.failure === undefined ? null : <FailureNotice failure={make.failure} />}
        </>
      ) : (
        <>
          <Notice tone="warn">
            <p className="strong">The secret is shown this once</p>
            <p>Put it where it is needed before you close this. Who has it may do what the key may.</p>
          </Notice>
          <Secret name="Secret" text={made.secret} />
        </>
      )}
    </Dialog>
  );
}
