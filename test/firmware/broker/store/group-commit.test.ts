import test from "ava";
import { GroupCommit } from "../../../../firmware/broker/store/group-commit.ts";
import { millis } from "../../../../shared/base/units.ts";
import { FakeClock, settle } from "../../../harness/fake-clock.ts";
import { FakeLog } from "../../../harness/fake-log.ts";

/** A disk that can be full. */
class FakeDisk {
  full = false;
  groups = 0;
  readonly records = new Map<string, Buffer>();
}

function open() {
  const disk = new FakeDisk();
  const clock = new FakeClock();
  const log = new FakeLog();
  const commit = new GroupCommit({
    clock,
    log,
    interval: millis(200),
    write: async (group) => {
      disk.groups++;
      await Promise.resolve();
      if (disk.full) throw new Error("no space left on device");
      for (const change of group) {
        if (change.type === "put") disk.records.set(change.key, change.value);
        else disk.records.delete(change.key);
      }
    },
  });
  return { disk, clock, log, commit };
}

const value = Buffer.from("value");

test("changes of one turn and of the time a write takes share groups", async (t) => {
  const { disk, commit } = open();
  const first = Array.from({ length: 100 }, (_, at) => {
    commit.put(`a${at}`, value);
    return commit.commit();
  });
  await settle();
  for (let at = 0; at < 100; at++) commit.put(`b${at}`, value);
  await Promise.all([...first, commit.commit()]);
  t.true(disk.groups <= 3);
  t.is(disk.records.size, 200);
});

test("a change that nobody waits for is written within the interval", async (t) => {
  const { disk, clock, commit } = open();
  commit.put("a", value);
  await settle();
  t.is(disk.groups, 0);
  await clock.advance(millis(200));
  t.is(disk.groups, 1);
});

test("a full disk delays acknowledgements until there is room, and says so once", async (t) => {
  const { disk, clock, log, commit } = open();
  disk.full = true;
  commit.put("a", value);
  let done = false;
  const committed = commit.commit().then(() => {
    done = true;
  });
  await clock.advance(millis(60_000));
  t.false(done);
  t.true(commit.failures > 5);
  t.false(commit.writable);
  t.is(log.entries.length, 1);
  disk.full = false;
  await clock.advance(millis(5000));
  await committed;
  t.true(disk.records.has("a"));
  t.true(commit.writable);
});

test("while the disk is full, what comes and goes leaves nothing, and nothing on disk is forgotten to be removed", async (t) => {
  const { disk, clock, commit } = open();
  commit.put("there", value);
  await commit.commit();
  disk.full = true;
  commit.create("first", value);
  void commit.commit();
  await clock.advance(millis(1000));
  for (let n = 0; n < 10_000; n++) {
    commit.create(`passing${n}`, value);
    commit.put(`passing${n}`, value);
    commit.remove(`passing${n}`);
  }
  commit.remove("there");
  // Its record is gone, but not on disk: making it anew and removing it must not lose the removal.
  commit.create("there", value);
  commit.remove("there");
  commit.remove("first");
  t.is(commit.waiting, 2);
  const all = commit.commit();
  disk.full = false;
  await clock.advance(millis(10_000));
  await all;
  t.deepEqual([...disk.records.keys()], []);
});

test("who waits for changes that have taken themselves back waits for nothing", async (t) => {
  const { disk, commit } = open();
  commit.create("a", value);
  const done = commit.commit();
  commit.remove("a");
  await done;
  t.is(disk.groups, 0);
  commit.put("b", value);
  await commit.commit();
  t.true(disk.records.has("b"));
});

test("the disk is made ready before each attempt that follows a failed one", async (t) => {
  const disk = { full: true, ready: 0, groups: 0 };
  const clock = new FakeClock();
  const commit = new GroupCommit({
    clock,
    log: new FakeLog(),
    interval: millis(200),
    write: async () => {
      disk.groups++;
      if (disk.full) throw new Error("no space left on device");
    },
    recover: async () => {
      disk.ready++;
      if (disk.full) throw new Error("no space left on device");
    },
  });
  commit.put("a", value);
  const done = commit.commit();
  await clock.advance(millis(20_000));
  t.is(disk.groups, 1, "nothing is written before the disk is ready");
  t.true(disk.ready > 3);
  disk.full = false;
  await clock.advance(millis(5000));
  await done;
  t.is(disk.groups, 2);
});

test("what could not be written before closing is never said to be written", async (t) => {
  const { disk, clock, commit } = open();
  disk.full = true;
  commit.put("a", value);
  let done = false;
  void commit.commit().then(() => {
    done = true;
  });
  commit.close();
  await clock.advance(millis(60_000));
  t.false(done);
});

test("commit with nothing to write resolves at once", async (t) => {
  const { commit } = open();
  await commit.commit();
  t.is(commit.commits, 0);
});
