import test from "ava";
import { NotifyFailed } from "../../../firmware/platform/watchdog-errors.ts";
import { SystemdNotifier } from "../../../firmware/platform/watchdog-systemd.ts";
import { millis } from "../../../shared/base/units.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { FakeLog } from "../../harness/fake-log.ts";

const alive = async (): Promise<boolean> => true;

function notifierWith(environment: Record<string, string>, failure?: () => Error | undefined) {
  const [clock, log, sent] = [new FakeClock(), new FakeLog(), [] as string[]];
  const load = () => (path: string, message: string) => {
    const error = failure?.();
    if (error !== undefined) throw error;
    sent.push(`${path} ${message}`);
  };
  return { notifier: new SystemdNotifier({ environment, pid: 42, load, clock, log }), clock, log, sent };
}

test("without systemd nothing is said, loaded or watched", async (t) => {
  const [clock, log] = [new FakeClock(), new FakeLog()];
  const load = () => {
    throw new Error("loaded");
  };
  const notifier = new SystemdNotifier({ environment: { WATCHDOG_USEC: "1000000" }, pid: 42, load, clock, log });
  notifier.ready("serves", alive);
  notifier.stopping();
  await clock.advance(millis(10_000));
  t.deepEqual([log.entries, notifier.health(), notifier.limit, clock.armed], [[], [], undefined, 0]);
});

test("systemd hears that the board serves, twice in its limit that it is alive, and that it stops", async (t) => {
  const { clock, notifier, sent } = notifierWith({ NOTIFY_SOCKET: "/run/n", WATCHDOG_USEC: "30000000", WATCHDOG_PID: "42" });
  t.deepEqual(sent, []);
  notifier.ready("serves\nmqtt", alive);
  await clock.advance(millis(59_000));
  t.deepEqual(sent, ["/run/n READY=1\nSTATUS=serves mqtt", ...Array.from({ length: 4 }, () => "/run/n WATCHDOG=1")]);
  t.deepEqual(notifier.health(), [{ name: "systemd", state: "ok", detail: "watches, 30000 ms" }]);
  notifier.stopping();
  await notifier.close();
  await clock.advance(millis(60_000));
  t.deepEqual(sent.slice(5), ["/run/n STOPPING=1\nSTATUS=stopping"]);
  t.is(clock.armed, 0);
});

test("a board that does not prove alive is silent", async (t) => {
  const { clock, notifier, sent } = notifierWith({ NOTIFY_SOCKET: "@n", WATCHDOG_USEC: "2000000" });
  notifier.ready("serves", async () => clock.monotonic() < 5000);
  await clock.advance(millis(60_000));
  t.is(sent.filter((text) => text.endsWith("WATCHDOG=1")).length, 5);
  t.is(notifier.health()[0]?.state, "failing");
});

test("a watchdog that is meant for another process is not fed", async (t) => {
  for (const environment of [{ WATCHDOG_PID: "41", WATCHDOG_USEC: "1000000" }, { WATCHDOG_USEC: "soon" }, { WATCHDOG_USEC: "0" }, {}]) {
    const { clock, notifier, sent } = notifierWith({ NOTIFY_SOCKET: "/run/n", ...environment });
    notifier.ready("serves", alive);
    await clock.advance(millis(10_000));
    t.is(sent.length, 1);
    t.is(notifier.limit, undefined);
  }
});

test("a socket that does not take it, and a part that is missing, are told of once and harm nothing", async (t) => {
  let failing = true;
  const { notifier, log, sent } = notifierWith({ NOTIFY_SOCKET: "/run/n" }, () =>
    failing ? new NotifyFailed("/run/n: ENOENT") : undefined,
  );
  notifier.ready("serves", alive);
  notifier.status("x");
  t.is(log.entries.length, 1);
  t.deepEqual(notifier.health()[0]?.state, "degraded");
  failing = false;
  notifier.status("y");
  t.deepEqual([sent, notifier.health()[0]?.state], [["/run/n STATUS=y"], "ok"]);
  const missing = new SystemdNotifier({
    environment: { NOTIFY_SOCKET: "/run/n", WATCHDOG_USEC: "1000000" },
    pid: 42,
    load: () => {
      throw new NotifyFailed("the native part sd-notify is missing");
    },
    clock: new FakeClock(),
    log,
  });
  missing.ready("serves", alive);
  missing.stopping();
  t.regex(missing.health()[0]?.detail ?? "", /sd-notify is missing/);
});
