import test from "ava";
import { StopWatchers } from "../../../../firmware/acquisition/modbus-line/stop-watchers.ts";
import type { StopSignal } from "../../../../shared/base/stop-signal.ts";

/** A signal that never fires and knows how many listen. */
class CountedStop implements StopSignal {
  readonly aborted = false;
  listeners = 0;
  addEventListener(): void {
    this.listeners++;
  }
  removeEventListener(): void {
    this.listeners--;
  }
}

test("one listener serves all exchanges of a signal and is gone after them and a sweep", (t) => {
  const stop = new CountedStop();
  const watchers = new StopWatchers(() => {});
  for (let round = 0; round < 3; round++) {
    for (let n = 0; n < 100; n++) watchers.watch(stop);
    t.is(stop.listeners, 1);
    watchers.sweep();
    t.is(stop.listeners, 1, "exchanges hang on it");
    for (let n = 0; n < 100; n++) watchers.release(stop);
    t.is(stop.listeners, 1, "kept for the next exchange");
    if (round > 0) watchers.sweep();
    t.is(stop.listeners, round > 0 ? 0 : 1);
  }
});

test("of many signals on which nothing hangs any more one at most is listened to", (t) => {
  const watchers = new StopWatchers(() => {});
  const stops = Array.from({ length: 50 }, () => new CountedStop());
  for (const stop of stops.slice(0, 25)) {
    watchers.watch(stop);
    watchers.release(stop);
  }
  for (const stop of stops.slice(25)) watchers.watch(stop);
  for (const stop of stops.slice(25)) watchers.release(stop);
  t.is(
    stops.reduce((sum, stop) => sum + stop.listeners, 0),
    1,
  );
  watchers.sweep();
  t.is(
    stops.reduce((sum, stop) => sum + stop.listeners, 0),
    0,
  );
});

test("the signal that fires is told, and not one that was let go", (t) => {
  const [first, second] = [new AbortController(), new AbortController()];
  const told: StopSignal[] = [];
  const watchers = new StopWatchers((stop) => told.push(stop));
  watchers.watch(first.signal);
  watchers.watch(second.signal);
  watchers.release(second.signal);
  watchers.sweep();
  second.abort();
  first.abort();
  t.deepEqual(told, [first.signal]);
});
