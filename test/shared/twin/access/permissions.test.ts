import test from "ava";
import type { Permission } from "../../../../shared/twin/access/access-ports.ts";
import { boardMay, reconcilerMay } from "../../../../shared/twin/access/machine-permissions.ts";
import { grantedPermissions, rankFor, rankOf, roles, rolesWith } from "../../../../shared/twin/access/permissions.ts";
import type { Role } from "../../../../shared/twin/documents/principal-document.ts";

test("a role may all that the roles before it may, and more", (t) => {
  for (const [at, role] of roles.entries()) {
    const before = roles[at - 1];
    if (before === undefined) continue;
    const all = new Set(grantedPermissions(role));
    t.true(grantedPermissions(before).every((permission) => all.has(permission)));
    t.true(all.size > grantedPermissions(before).length);
  }
});

const held = test.macro({
  exec(t, permission: Permission, least: Role) {
    t.deepEqual(rolesWith(permission), roles.slice(roles.indexOf(least)));
    t.is(rankFor(permission), roles.indexOf(least) + 1);
  },
  title: (_given, permission, least) => `${permission} begins with ${least}`,
});
test(held, "thing:read", "viewer");
test(held, "record:read", "viewer");
test(held, "node:read", "viewer");
test(held, "feature.desired:update", "operator");
test(held, "operation:create", "operator");
test(held, "feature:exec", "operator");
test(held, "thing:delete", "engineer");
test(held, "board:create", "engineer");
test(held, "board:exec", "engineer");
test(held, "artifact:create", "engineer");
test(held, "user:read", "admin");
test(held, "grant:create", "admin");
test(held, "audit:list", "admin");
test(held, "backup:read", "admin");
test(held, "thing:exec", "admin");

test("what boards and reconcilers write no role may write", (t) => {
  for (const permission of ["feature.reported:update", "feature.status:update", "record:create", "event:create"] as const) {
    t.deepEqual(rolesWith(permission), []);
    t.true(rankFor(permission) > rankOf("admin"));
  }
});

test("boards report and never want; reconcilers write status and never report", (t) => {
  t.true(boardMay("feature.reported:update"));
  t.true(boardMay("feature.status:update"));
  t.false(boardMay("feature.desired:update"));
  t.false(boardMay("grant:create"));
  t.true(reconcilerMay("feature.status:update"));
  t.false(reconcilerMay("feature.reported:update"));
  t.false(reconcilerMay("feature.desired:update"));
  t.false(reconcilerMay("user:read"));
});
