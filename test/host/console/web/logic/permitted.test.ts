import test from "ava";
import { acts, whyNot } from "../../../../../host/console/web/src/logic/permitted.ts";
import { roles, rolesWith } from "../../../../../shared/twin/access/permissions.ts";

test("the console offers an act to the roles that the gateway lets do it, and to no others", (t) => {
  for (const { permission, role } of Object.values(acts)) t.is(rolesWith(permission)[0], role, permission);
});

for (const role of roles)
  test(`what is not offered to ${role} says why`, (t) => {
    const me = { roles: [{ role, scope: "all" }] };
    const offered = rolesWith("feature.desired:update").includes(role);
    const why = whyNot(me, "command", "pump");
    t.is(why === undefined, offered);
    if (why !== undefined) t.is(why, `Only an operator or above may command devices; you are ${role} here.`);
  });

test("a role at one thing is none at another", (t) => {
  const me = { roles: [{ role: "operator", scope: "thing:pump" }] } as const;
  t.is(whyNot(me, "command", "pump"), undefined);
  t.regex(whyNot(me, "command", "fan") ?? "", /you have no role here/);
  t.regex(whyNot(me, "boards") ?? "", /engineer/);
});

test("where only the gateway knows who is in a group, it has the last word", (t) => {
  t.is(whyNot({ roles: [{ role: "operator", scope: "group:west" }] }, "command", "pump"), undefined);
});
