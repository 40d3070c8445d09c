import test from "ava";
import { RequestFailed } from "../../../../../host/console/web/src/data/request-failed.ts";
import { ResourceCache } from "../../../../../host/console/web/src/data/resource-cache.ts";

interface Timer {
  readonly work: () => void;
  readonly delay: number;
}

/** A cache whose answers and timers the test holds in its hand. */
function opened() {
  const asked: {
    readonly path: string;
    readonly answer: (data: unknown) => Promise<void>;
    readonly fail: (error: unknown) => Promise<void>;
  }[] = [];
  const timers: Timer[] = [];
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const cache = new ResourceCache({
    get: (path) =>
      new Promise((resolve, reject) => {
        const then =
          (end: (value: unknown) => void) =>
          (value: unknown): Promise<void> => {
            end(value);
            return settle();
          };
        asked.push({ path, answer: then(resolve), fail: then(reject) });
      }),
    now: () => 0,
    later: (work, delay) => {
      const timer = { work, delay };
      timers.push(timer);
      return timer;
    },
    forget: (timer) => {
      timers.splice(0, timers.length, ...timers.filter((known) => known !== timer));
    },
  });
  const fire = (): void => {
    for (const { work } of timers.splice(0)) work();
  };
  return { cache, asked, timers, fire };
}
const quiet = (): void => {};
const away = new RequestFailed({ status: 0, code: "NO_ANSWER", title: "", detail: "" });

test("two who show the same ask once", async (t) => {
  const { cache, asked } = opened();
  cache.show("/things", quiet);
  cache.show("/things", quiet);
  t.is(asked.length, 1);
  await asked[0]?.answer([1]);
  t.deepEqual(cache.peek("/things").data, [1]);
});

test("an event has what is shown asked for again, while the old answer stays", async (t) => {
  const { cache, asked, fire } = opened();
  cache.show("/things?limit=5", quiet);
  await asked[0]?.answer("old");
  cache.invalidate(["/things"]);
  cache.invalidate(["/things"]);
  fire();
  t.is(asked.length, 2);
  t.is(cache.peek("/things?limit=5").data, "old");
  await asked[1]?.answer("new");
  t.is(cache.peek("/things?limit=5").data, "new");
});

test("a change during a request is asked for after it", async (t) => {
  const { cache, asked, fire } = opened();
  cache.show("/things", quiet);
  cache.invalidate(["/things"]);
  await asked[0]?.answer("before the change");
  fire();
  t.is(asked.length, 2);
});

test("while the gateway is away it is asked more and more seldom", async (t) => {
  const { cache, asked, timers, fire } = opened();
  cache.show("/things", quiet);
  const delays: number[] = [];
  for (let attempt = 0; attempt < 6; attempt++) {
    await asked.at(-1)?.fail(away);
    delays.push(timers[0]?.delay ?? 0);
    fire();
  }
  t.deepEqual(delays, [1000, 2000, 4000, 8000, 15_000, 15_000]);
  await asked.at(-1)?.answer("back");
  t.is(cache.peek("/things").failure, undefined);
});

test("a refusal is shown and not asked for again", async (t) => {
  const { cache, asked, timers } = opened();
  cache.show("/users", quiet);
  await asked[0]?.fail(new RequestFailed({ status: 403, code: "EDGE_FORBIDDEN", title: "", detail: "no" }));
  t.is(cache.peek("/users").failure?.status, 403);
  t.is(timers.length, 0);
});

test("what nobody shows is kept for going back, but not when it is out of date", async (t) => {
  const { cache, asked } = opened();
  const end = cache.show("/things", quiet);
  await asked[0]?.answer("known");
  end();
  cache.show("/things", quiet)();
  t.is(asked.length, 1);
  cache.invalidate(["/things"]);
  cache.show("/things", quiet);
  t.is(asked.length, 2);
});

test("what was shown and forgotten is bounded", async (t) => {
  const { cache, asked } = opened();
  for (let index = 0; index < 100; index++) {
    const end = cache.show(`/things/${index}`, quiet);
    await asked[index]?.answer(index);
    end();
  }
  t.is(cache.peek("/things/0").data, undefined);
  t.is(cache.peek("/things/99").data, 99);
});
