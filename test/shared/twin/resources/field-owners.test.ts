import test from "ava";
import fc from "fast-check";
import { EdgeError } from "../../../../shared/base/edge-error.ts";
import type { Actor } from "../../../../shared/twin/access/access-ports.ts";
import { checkFieldOwners, featureOwners, thingOwners } from "../../../../shared/twin/resources/field-owners.ts";

const types = ["user", "key", "board", "reconciler"] as const;
const actor = (type: Actor["type"]): Actor => ({ id: `${type}:x`, type, via: "rest" });
const sides = { user: "user", key: "user", board: "board", reconciler: "reconciler" } as const;

for (const [what, owners] of [
  ["feature of a board", featureOwners("board")],
  ["feature that people keep", featureOwners("user")],
  ["thing", thingOwners],
] as const)
  test(`a patch of a ${what} passes only when every field that it names is the actor's`, (t) => {
    const names = [...Object.keys(owners), "wings"];
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.uniqueArray(fc.constantFrom(...names)), fc.jsonValue(), (type, fields, value) => {
        const patch = Object.fromEntries(fields.map((field) => [field, value === undefined ? null : JSON.parse(JSON.stringify(value))]));
        let code = "passed";
        try {
          checkFieldOwners(what, owners, actor(type), patch);
        } catch (error) {
          code = error instanceof EdgeError ? error.code : String(error);
        }
        const foreign = fields.some((field) => field !== "wings" && owners[field] !== sides[type]);
        const expected = foreign ? "EDGE_FIELD_NOT_YOURS" : fields.includes("wings") ? "EDGE_RESOURCE_INVALID" : "passed";
        t.is(code, expected);
      }),
      { numRuns: 300 },
    );
  });

test("identity and counts are nobody's to patch, the gateway's own neither", (t) => {
  for (const field of ["id", "thing", "owner", "rev", "desiredRev", "createdAt"])
    t.throws(() => checkFieldOwners("feature", featureOwners("board"), actor("system"), { [field]: null }), {
      name: "EDGE_FIELD_NOT_YOURS",
    });
  t.notThrows(() => checkFieldOwners("feature", featureOwners("board"), actor("system"), { desired: {}, status: {}, traits: {} }));
});

test("a name that every object has is no field", (t) => {
  t.throws(() => checkFieldOwners("thing", thingOwners, actor("user"), JSON.parse('{"constructor":1}')), { name: "EDGE_RESOURCE_INVALID" });
});
