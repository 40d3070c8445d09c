import type { I2cBus } from "../shared/acquisition/ports.ts";
import type { Clock } from "../shared/base/clock.ts";
import type { Log } from "../shared/base/log.ts";
import type { ResolvedConfig } from "../shared/console/resolve-config.ts";
import { I2cDevBus } from "./acquisition/i2c/i2c-dev-bus.ts";
import { openI2cDev } from "./acquisition/i2c/i2c-handle-dev.ts";
import { SensorAcquisition, type SensorAcquisitionParts } from "./acquisition/i2c/sensor-acquisition.ts";
import { TransferSlots, threadPoolSize } from "./acquisition/i2c/transfer-slots.ts";
import type { ClosingStack } from "./platform/closing-stack.ts";

export interface ComposedSensors {
  readonly buses: ReadonlyMap<string, I2cBus>;
  readonly sensors: SensorAcquisition;
}

export interface SensorParts extends Pick<SensorAcquisitionParts, "runner" | "sink" | "previous" | "onDevice" | "polling"> {
  readonly config: ResolvedConfig;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
}

/** Opens the I2C buses and polls their sensors: in a file of its own, so that a board without sensors loads none of it. */
export function composeSensors({ config, ...parts }: SensorParts, opened: ClosingStack): ComposedSensors {
  const slots = new TransferSlots(threadPoolSize(process.env["UV_THREADPOOL_SIZE"]));
  const buses = new Map<string, I2cBus>();
  for (const bus of config.buses) buses.set(bus.id, opened.add(I2cDevBus.open({ ...parts, ...bus, open: openI2cDev, slots })));
  const sensors = opened.add(new SensorAcquisition({ ...parts, sensors: config.sensors, schedules: config.schedules, buses }));
  return { buses, sensors };
}
