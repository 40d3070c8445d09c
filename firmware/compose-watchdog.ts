import type { TaskRunner } from "../shared/acquisition/ports.ts";
import type { Clock } from "../shared/base/clock.ts";
import type { Log } from "../shared/base/log.ts";
import type { StopSignal } from "../shared/base/stop-signal.ts";
import type { ResolvedConfig } from "../shared/console/resolve-config.ts";
import { type LivenessCheck, LivenessProbe } from "./console/liveness-probe.ts";
import { SchedulerCheck } from "./console/scheduler-check.ts";
import { type ProbedStore, StoreCheck } from "./console/store-check.ts";
import type { ClosingStack } from "./platform/closing-stack.ts";
import { openWatchdogDevice } from "./platform/watchdog-device.ts";
import { HardwareWatchdog } from "./platform/watchdog-hardware.ts";
import { loadNotify } from "./platform/watchdog-notify.ts";
import { SystemdNotifier } from "./platform/watchdog-systemd.ts";

export interface WatchdogParts {
  readonly config: ResolvedConfig;
  readonly runner: TaskRunner;
  readonly broker: { probe(stop: StopSignal): Promise<void> };
  readonly store: ProbedStore;
  readonly clock: Clock;
  readonly log: Log;
}

export interface ComposedWatchdog {
  readonly probe: LivenessProbe;
  readonly systemd: SystemdNotifier;
  readonly hardware: HardwareWatchdog | undefined;
}

/** Feeds the watchdogs, each time only after scheduler, broker and store have proved alive. */
export async function composeWatchdog(
  { config, runner, broker, store, clock, log }: WatchdogParts,
  opened: ClosingStack,
): Promise<ComposedWatchdog> {
  const checks: readonly LivenessCheck[] = [
    opened.add(new SchedulerCheck({ runner, clock })),
    { name: "broker", run: (stop) => broker.probe(stop) },
    new StoreCheck({ store, clock }),
  ];
  const probe = new LivenessProbe({ checks, clock, log });
  const systemd = opened.add(new SystemdNotifier({ environment: process.env, pid: process.pid, load: loadNotify, clock, log }));
  const hardware =
    config.watchdog === undefined
      ? undefined
      : opened.add(await HardwareWatchdog.open({ ...config.watchdog, alive: probe.alive, open: openWatchdogDevice, clock, log }));
  return { probe, systemd, hardware };
}
