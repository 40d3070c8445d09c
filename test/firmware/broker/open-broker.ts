import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import { AedesBroker, type AedesBrokerParts } from "../../../firmware/broker/aedes-broker.ts";
import { NodeClock } from "../../../firmware/platform/clock-node.ts";
import { FakeLog } from "../../harness/fake-log.ts";

/** A directory that goes with the test. */
export async function scratch(t: ExecutionContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "penstock-broker-"));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export const openRules = { publish: ["#"], subscribe: ["#"] };

export interface TestBroker {
  readonly broker: AedesBroker;
  readonly log: FakeLog;
  readonly directory: string;
  readonly port: number;
  /** The port of the listener with this place in the configuration. */
  portOf(index: number): number;
}

/** A broker on a free loopback port where anonymous clients may do anything, unless the parts say otherwise; closed with the test. */
export async function openBroker(t: ExecutionContext, parts: Partial<AedesBrokerParts> = {}): Promise<TestBroker> {
  const log = new FakeLog();
  const directory = parts.directory ?? join(await scratch(t), "store");
  const config = { listeners: [{ protocol: "mqtt" as const, port: 0 }], anonymousRules: openRules, ...parts.config };
  const broker = await AedesBroker.open({ clock: new NodeClock(), log, ...parts, directory, config });
  t.teardown(() => broker.close());
  const portOf = (index: number): number => Number(new URL(broker.addresses[index] ?? "").port);
  return { broker, log, directory, port: broker.addresses.length === 0 ? 0 : portOf(0), portOf };
}

/** The value of a metric, of one cause where it has several. */
export function metric(broker: AedesBroker, name: string, cause?: string): number {
  const family = broker.metrics().find((one) => one.name === `penstock_broker_${name}`);
  return family?.values.find(({ labels }) => labels["cause"] === cause)?.value ?? Number.NaN;
}
