import type { ReactElement } from "react";
import type { RoleAt } from "../../data/gateway-types.ts";

/** Roles with where they hold. */
export function RoleTags({ grants }: { readonly grants: readonly RoleAt[] | undefined }): ReactElement | null {
  if (grants === undefined) return null;
  if (grants.length === 0) return <span className="faint">none: sees nothing</span>;
  return (
    <span className="tags">
      {grants.map(({ role, scope }) => (
        <span className="tag" key={`${role} ${scope}`}>
          {role}
          <b>{scope === "all" ? "everywhere" : scope}</b>
        </span>
      ))}
    </span>
  );
}
