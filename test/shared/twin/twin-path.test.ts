import test from "ava";
import { mergePatch } from "../../../shared/twin/merge-patch.ts";
import { TwinPathInvalid } from "../../../shared/twin/twin-errors.ts";
import { patchAt, valueAt } from "../../../shared/twin/twin-path.ts";

const document = { pump: { speed: { value: 3, list: [1, { a: 2 }] } }, on: false };

test("a path leads to a value, the empty one to the document", (t) => {
  t.is(valueAt(document, "pump/speed/value"), 3);
  t.is(valueAt(document, "on"), false);
  t.deepEqual(valueAt(document, ""), document);
});

test("a path to nothing gives undefined: missing names, ways through values and into arrays, inherited names", (t) => {
  for (const path of ["pump/torque", "on/off", "pump/speed/list/0", "constructor", "__proto__", "pump/toString"]) {
    t.is(valueAt(document, path), undefined, path);
  }
  t.is(valueAt(undefined, "a"), undefined);
});

test("setting a path is a merge patch that touches nothing else", (t) => {
  t.deepEqual(mergePatch(document, patchAt("pump/speed/value", 4)), {
    pump: { speed: { value: 4, list: [1, { a: 2 }] } },
    on: false,
  });
  t.deepEqual(mergePatch({}, patchAt("a/b", true)), { a: { b: true } });
  t.deepEqual(mergePatch({ a: { b: 1, c: 2 } }, patchAt("a/b", null)), { a: { c: 2 } });
});

test("setting a path called __proto__ makes a member of that name", (t) => {
  t.is(JSON.stringify(mergePatch({}, patchAt("__proto__/polluted", 1))), '{"__proto__":{"polluted":1}}');
  t.is(Reflect.get({}, "polluted"), undefined);
});

for (const path of ["/", "/a", "a/", "a//b"]) {
  test(`"${path}" is no path`, (t) => {
    t.throws(() => valueAt(document, path), { instanceOf: TwinPathInvalid, code: "EDGE_TWIN_PATH" });
    t.throws(() => patchAt(path, 1), { instanceOf: TwinPathInvalid });
  });
}

test("a document can only be set to an object", (t) => {
  t.throws(() => patchAt("", 5), { instanceOf: TwinPathInvalid });
  t.deepEqual(patchAt("", { a: 1 }), { a: 1 });
});
