import test from "ava";
import { openLinkStore } from "../open-link-store.ts";

test("numbers of commands go on above what the board has passed, also in a store that is older than the board's memory", async (t) => {
  const { links, store } = await openLinkStore();
  t.teardown(() => links.close());
  t.is(await links.commands.next("b"), 1);
  links.commands.passed("b", 57);
  t.is(await links.commands.next("b"), 58);
  links.commands.passed("b", 3);
  t.is(await links.commands.next("b"), 59);
  links.close();
  const again = await openLinkStore({ store });
  t.teardown(() => again.links.close());
  t.true((await again.links.commands.next("b")) > 59);
});
