import type { ExecutionContext } from "ava";
import { ModbusTcpLine, type ModbusTcpLineParts } from "../../firmware/acquisition/modbus-tcp/modbus-tcp-line.ts";
import type { MetricSource } from "../../shared/base/metric.ts";
import { millis } from "../../shared/base/units.ts";
import { FakeClock } from "./fake-clock.ts";
import { FakeLog } from "./fake-log.ts";
import { ScriptedModbusServer, type ScriptedRequest } from "./scripted-modbus-server.ts";

/** A line in virtual time, and the scripted server it talks to over real TCP. */
export interface ModbusBench {
  readonly line: ModbusTcpLine;
  readonly clock: FakeClock;
  readonly log: FakeLog;
  readonly server: ScriptedModbusServer;
}

/** A line on a port, in virtual time and without randomness; closed when the test ends. */
export function openModbusLine(
  t: ExecutionContext,
  port: number,
  parts: Partial<ModbusTcpLineParts> = {},
): { readonly line: ModbusTcpLine; readonly clock: FakeClock; readonly log: FakeLog } {
  const [clock, log] = [new FakeClock(), new FakeLog()];
  const line = ModbusTcpLine.open({
    id: "plc",
    host: "127.0.0.1",
    port,
    inFlight: 1,
    connectTimeout: millis(3000),
    clock,
    log,
    random: () => 0.5,
    ...parts,
  });
  t.teardown(() => line.close());
  return { line, clock, log };
}

/** A line and its server. */
export async function openModbusBench(
  t: ExecutionContext,
  parts: Partial<ModbusTcpLineParts> = {},
  handler?: (request: ScriptedRequest) => void,
): Promise<ModbusBench> {
  const server = await ScriptedModbusServer.open(handler);
  t.teardown(() => server.close());
  return { ...openModbusLine(t, server.port, parts), server };
}

/** The value of one of a line's metrics. */
export function metricOf(line: MetricSource, name: string): number {
  const metric = line.metrics().find((candidate) => candidate.name === `penstock_modbus_${name}`);
  if (metric?.values[0] === undefined) throw new Error(`no metric ${name}`);
  return metric.values[0].value;
}

/** A request PDU that reads `quantity` holding registers. */
export function readRegisters(address: number, quantity = 1): Uint8Array {
  return Uint8Array.of(3, address >> 8, address % 256, quantity >> 8, quantity % 256);
}

/** The reply PDU that {ScriptedRequest.echo} gives to it. */
export function echoOf(address: number, quantity = 1): Uint8Array {
  return Uint8Array.of(3, quantity * 2, ...Array.from({ length: quantity }, () => [address >> 8, address % 256]).flat());
}

export const second = { timeout: millis(1000) };
export const urgentSecond = { timeout: millis(1000), urgent: true };
