import test from "ava";
import { StopWatchers } from "../../../firmware/acquisition/stop-watchers.ts";
import type { StopSignal } from "../../../shared/base/stop-signal.ts";

test("one listener serves all exchanges of a signal and goes with the last of them", (t) => {
  const { signal } = new AbortController();
  let listeners = 0;
  const counted: StopSignal = {
    aborted: false,
    addEventListener: (type, listener) => {
      listeners++;
      signal.addEventListener(type, listener);
    },
    removeEventListener: (type, listener) => {
      listeners--;
      signal.removeEventListener(type, listener);
    },
  };
  const watchers = new StopWatchers(() => {});
  for (let n = 0; n < 100; n++) watchers.watch(counted);
  t.is(listeners, 1);
  for (let n = 0; n < 100; n++) watchers.release(counted);
  t.is(listeners, 0);
});

test("the signal that fires is told, and only while it is watched", (t) => {
  const [first, second] = [new AbortController(), new AbortController()];
  const told: StopSignal[] = [];
  const watchers = new StopWatchers((stop) => told.push(stop));
  watchers.watch(first.signal);
  watchers.watch(second.signal);
  watchers.release(second.signal);
  second.abort();
  first.abort();
  t.deepEqual(told, [first.signal]);
});
