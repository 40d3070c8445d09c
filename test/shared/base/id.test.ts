import test from "ava";
import { isId } from "../../../shared/base/id.ts";

test("an id is 1 to 64 letters, digits and : . _ -, the first a letter or digit", (t) => {
  for (const id of ["a", "9", "pump-1", "A:b.c_d-9", "x".repeat(64)]) t.true(isId(id), id);
  for (const text of [
    "",
    "-a",
    ".a",
    ":a",
    "_a",
    "a b",
    "a/b",
    "a+",
    "a#",
    "$a",
    "ü",
    "a\n",
    "\na",
    "a\0",
    "x".repeat(65),
    "x".repeat(1e6),
  ])
    t.false(isId(text), text.slice(0, 80));
});
