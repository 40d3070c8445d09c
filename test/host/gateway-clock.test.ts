import test from "ava";
import { CommandDispatch } from "../../host/twin/resources/command-dispatch.ts";
import { OperationKeeper } from "../../host/twin/resources/operation-keeper.ts";
import { EdgeError } from "../../shared/base/edge-error.ts";
import { millis } from "../../shared/base/units.ts";
import { MemoryBoard } from "./broker/memory-board.ts";
import { anna, CoordinatorSet } from "./broker/open-coordinator.ts";
import { facts, openRoom, password, putUser } from "./console/access/open-room.ts";

const decade = 10 * 365 * 86_400_000;
const minute = 60_000;
const hour = 60 * minute;

for (const [jump, by] of [
  ["ten years ahead", decade],
  ["ten years back", -decade],
] as const)
  test(`a clock that is set ${jump} and back again takes nothing away, ends no session and loses no board`, async (t) => {
    t.timeout(120_000);
    await using set = await CoordinatorSet.open();
    const { clock, store } = set;
    const { room } = await openRoom(t, { store, clock });
    await putUser(store, "ann", [["operator", "*"]]);
    const dispatch = new CommandDispatch({ store, sender: set.coordinator });
    const keeper = OperationKeeper.open({ store, clock, log: set.log, dispatch });
    t.teardown(() => keeper.close());
    await set.boards.create(anna, { id: "b" });
    const board = await MemoryBoard.boot({ id: "b", transport: set.memory, clock });
    await set.until(() => set.state("b") === "online");
    const states: string[] = [];
    set.coordinator.onState((_id, { state }) => states.push(state));
    for (let n = 0; n < 40; n++) {
      const id = `op-${n}`;
      const operation = {
        id,
        type: "drill",
        target: { thing: "b" },
        state: "succeeded" as const,
        deadline: clock.wall(),
        createdBy: "test",
        history: [],
      };
      await store.commit({ actor: "test", puts: [{ kind: "operation", id, document: operation }], events: [drill(n)] });
    }
    const { cookie } = await room.sessions.login({ user: "ann", password }, facts());
    let sampled = 0;
    const sample = async (): Promise<void> => {
      board.sample("speed", ++sampled);
      await set.until(async () => (await set.count("b-pump", "speed")) === sampled);
    };
    await sample();
    const before = await store.events(0, 1000);

    for (const step of [by, -by]) {
      clock.jumpWall(millis(step));
      await sample();
      // Long enough for every periodic work to have had its turn; the session is used meanwhile.
      for (let passed = 0; passed < 1.5 * hour; passed += 15 * minute) {
        t.false(room.authenticator.authenticate(facts({ cookie })) instanceof EdgeError, `after ${passed} ms`);
        await set.pass(15 * minute, 5000);
        t.is(set.state("b"), "online");
      }
      await sample();
    }
    const after = await store.events(0, 100_000);
    t.is(after.oldest, before.oldest, "no event went");
    t.is(store.count("operation"), 40, "no operation went");
    t.is(await set.count("b-pump", "speed"), sampled);
    t.deepEqual(await set.events("board.lost"), []);
    t.deepEqual(
      states.filter((state) => state !== "online"),
      [],
    );
    t.true(after.newest - before.newest < 60, `${after.newest - before.newest} events`);
  });

const drill = (n: number) => ({ type: "drill.happened", kind: "node", id: `drill-${n}`, severity: "info" as const });
