import test from "ava";
import { WantedThings } from "../../../../../host/console/web/src/data/wanted-things.ts";

test("the stream is asked for what is on the screen, once each and in order", (t) => {
  const wanted = new WantedThings();
  t.is(wanted.query(), undefined);
  const back = wanted.add(["b", "a"]);
  wanted.add(["a"]);
  t.is(wanted.query(), "a,b");
  back();
  back();
  t.is(wanted.query(), "a");
});

test("many things are asked for as all", (t) => {
  const wanted = new WantedThings();
  wanted.add(Array.from({ length: 61 }, (_, index) => `t${index}`));
  t.is(wanted.query(), "*");
});
