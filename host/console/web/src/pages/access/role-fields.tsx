import type { ReactElement } from "react";
import type { Role } from "../../../../../../shared/twin/documents/principal-document.ts";
import type { RequestFailed } from "../../data/request-failed.ts";
import { SelectField, TextField } from "../../ui/field.tsx";

const roles = [
  ["viewer", "viewer: sees"],
  ["operator", "operator: commands"],
  ["engineer", "engineer: sets up"],
  ["admin", "admin: everything"],
] as const satisfies readonly (readonly [Role, string])[];

const scopeForm = /^(?:all|(?:thing|group):[A-Za-z0-9][A-Za-z0-9:._-]{0,63}|definition:[a-z]+:[A-Za-z0-9][A-Za-z0-9._-]{0,63}@[0-9]{1,6})$/;

/** What is wrong with a scope; `undefined` when it can be sent. */
export function scopeProblem(scope: string): string | undefined {
  return scopeForm.test(scope.trim()) ? undefined : "Write all, thing:<id>, group:<id> or definition:<id>.";
}

/** A role and where it holds. */
export function RoleFields(props: {
  readonly role: Role;
  readonly scope: string;
  readonly failure: RequestFailed | undefined;
  readonly prefix?: string;
  readonly onRole: (role: Role) => void;
  readonly onScope: (scope: string) => void;
}): ReactElement {
  const { role, scope, failure, prefix = "", onRole, onScope } = props;
  return (
    <>
      <SelectField label="Role" path={`${prefix}/role`} failure={failure} value={role} options={roles} onPick={onRole} />
      <TextField
        label="Where"
        hint="all, or thing:<id>, group:<id>, definition:<id>"
        path={`${prefix}/scope`}
        failure={failure}
        wrong={scope === "" ? undefined : scopeProblem(scope)}
        spellCheck={false}
        value={scope}
        onText={onScope}
      />
    </>
  );
}
