import test from "ava";
import fc from "fast-check";
import { isJsonObject, type JsonObject } from "../../../../shared/base/json.ts";
import { Role } from "../../../../shared/twin/documents/principal-document.ts";
import { putFeature, putKey, putThing, serveApi } from "./served-api.ts";

const things = ["t0", "t1", "t2", "t3"];
/** What is in each group; groups are things, too. */
const groups: Readonly<Record<string, readonly string[]>> = { g0: ["t0", "t1"], g1: ["t2"] };
const definition = "blueprint:pump@1";
/** The things that follow the definition. */
const followers = ["t1", "t3"];
const all = [...things, ...Object.keys(groups)];

const scopes = ["all", ...all.map((id) => `thing:${id}`), ...Object.keys(groups).map((id) => `group:${id}`), `definition:${definition}`];
const rank: Readonly<Record<Role, number>> = { viewer: 1, operator: 2, engineer: 3, admin: 4 };

type Grants = readonly (readonly [Role, string])[];

/** The rule, written once more and plainly. */
function holds(grants: Grants, least: Role, thing: string): boolean {
  return grants.some(([role, scope]) => {
    const id = scope.slice(scope.indexOf(":") + 1);
    const covers =
      scope === "all" ||
      scope === `thing:${thing}` ||
      (scope.startsWith("group:") && (id === thing || groups[id]?.includes(thing) === true)) ||
      (scope.startsWith("definition:") && followers.includes(thing));
    return covers && rank[role] >= rank[least];
  });
}

const idsIn = ({ items }: JsonObject, name: string): readonly string[] =>
  Array.isArray(items) ? items.flatMap((item) => (isJsonObject(item) && typeof item[name] === "string" ? [item[name]] : [])) : [];

const role = fc.constantFrom(...Object.values(Role));
const grantsOf = fc.uniqueArray(fc.tuple(role, fc.constantFrom(...scopes)), { maxLength: 3, selector: ([, scope]) => scope });

test("nobody reads or changes what his grants do not cover, and everybody may what they do", async (t) => {
  const { ask, store } = await serveApi(t);
  const blueprint = { id: definition, kind: "blueprint", attributes: [] };
  await store.commit({ actor: "test", puts: [{ kind: "definition", id: definition, document: blueprint }] });
  for (const id of things) {
    await putThing(store, id, followers.includes(id) ? { definition } : {});
    await putFeature(store, id, "speed");
  }
  for (const [group, members] of Object.entries(groups)) {
    await putThing(store, group, { kind: "group" });
    for (const child of members)
      await store.commit({
        actor: "test",
        puts: [
          { kind: "relation", id: `${group}/in/${child}`, document: { id: `${group}/in/${child}`, parent: group, name: "in", child } },
        ],
      });
  }
  let run = 0;
  await t.notThrowsAsync(
    fc.assert(
      fc.asyncProperty(grantsOf, fc.constantFrom(...things), async (grants, thing) => {
        run += 1;
        const key = await putKey(store, `user-${run}`, grants);
        const reads = holds(grants, Role.viewer, thing);
        const sees = all.filter((id) => holds(grants, Role.viewer, id));
        const wrong: string[] = [];
        const expect = async (method: string, where: string, may: boolean, body?: object): Promise<void> => {
          const before = JSON.stringify([await store.get("thing", thing), await store.get("feature", `${thing}/speed`)]);
          const { status, text } = await ask(method, where, { key, body });
          if (may !== status < 300) wrong.push(`${method} ${where}: ${status} ${text}`);
          if (!may && status !== 403 && status !== 404) wrong.push(`${method} ${where}: ${status}`);
          const after = JSON.stringify([await store.get("thing", thing), await store.get("feature", `${thing}/speed`)]);
          if (!may && before !== after) wrong.push(`${method} ${where} changed something`);
        };
        await expect("GET", `/api/v1/things/${thing}`, reads);
        await expect("GET", `/api/v1/things/${thing}/features/speed`, reads);
        await expect("GET", `/api/v1/records?thing=${thing}&feature=speed`, reads);
        await expect("GET", `/api/v1/records/buckets?thing=${thing}&feature=speed`, reads);
        await expect("PATCH", `/api/v1/things/${thing}/features/speed`, holds(grants, Role.operator, thing), { desired: { value: run } });
        await expect("PATCH", `/api/v1/things/${thing}/features/speed`, false, { reported: { value: run } });
        await expect("PATCH", `/api/v1/things/${thing}`, holds(grants, Role.engineer, thing), { description: `run ${run}` });
        await expect("PATCH", `/api/v1/things/${thing}`, false, { rev: 1 });
        const listed = idsIn((await ask("GET", "/api/v1/things?limit=500", { key })).json, "id");
        if ([...listed].sort().join() !== [...sees].sort().join()) wrong.push(`things listed: ${listed} instead of ${sees}`);
        const features = idsIn((await ask("GET", "/api/v1/features?limit=500", { key })).json, "thing");
        if (features.some((id) => !sees.includes(id))) wrong.push(`features of ${features}`);
        const events = idsIn((await ask("GET", "/api/v1/events?limit=500", { key })).json, "thing");
        if (events.some((id) => !sees.includes(id))) wrong.push(`events of ${events}`);
        if (wrong.length > 0) throw new Error(`${JSON.stringify(grants)}: ${wrong.join("; ")}`);
      }),
      { numRuns: 40, includeErrorInReport: true },
    ),
  );
});
