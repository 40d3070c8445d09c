import type { Problem } from "../base/problem.ts";
import { brokerSettings } from "../broker/broker-settings.ts";
import { modbusServerDefaults } from "../connectors/modbus-server/resolve-modbus-server.ts";
import type { PenstockConfig } from "./penstock-config.ts";
import { defaultHealth } from "./resolve-config.ts";

/** Somebody who listens. */
interface Listener {
  readonly path: string;
  readonly host: string;
  readonly port: number;
}

const everywhere = new Set(["0.0.0.0", "::", ""]);
const names: ReadonlyMap<string, string> = new Map([["localhost", "127.0.0.1"]]);

function listenersOf({ broker, health, modbusServer }: PenstockConfig): readonly Listener[] {
  const all = brokerSettings(broker).listeners.map(
    ({ host, port }, index): Listener => ({ path: `/broker/listeners/${index}`, host, port }),
  );
  all.push({ path: "/health", host: health?.host ?? defaultHealth.host, port: health?.port ?? defaultHealth.port });
  if (modbusServer !== undefined) {
    all.push({
      path: "/modbusServer",
      host: modbusServer.host ?? modbusServerDefaults.host,
      port: modbusServer.port ?? modbusServerDefaults.port,
    });
  }
  return all;
}

function collide(a: Listener, b: Listener): boolean {
  if (a.port === 0 || a.port !== b.port) return false;
  const [one, other] = [names.get(a.host) ?? a.host, names.get(b.host) ?? b.host];
  return one === other || everywhere.has(one) || everywhere.has(other);
}

/** Tells of servers of one board that would take each other's port. Those of the broker among themselves are its own business. */
export function* checkPorts(config: PenstockConfig): Generator<Problem> {
  const listeners = listenersOf(config);
  for (const [index, listener] of listeners.entries()) {
    if (listener.path.startsWith("/broker/")) continue;
    const earlier = listeners.slice(0, index).find((other) => collide(other, listener));
    if (earlier === undefined) continue;
    // A part that says nothing of its own has the port by default: the complaint goes to the one that the file speaks of.
    const silent = listener.path === "/health" && config.health?.port === undefined && config.health?.host === undefined;
    const [blamed, holder] = silent && config.broker?.listeners !== undefined ? [earlier, listener] : [listener, earlier];
    const { path, port } = blamed;
    yield { path: `${path}/port`, message: `port ${port} is that of ${holder.path} already`, expected: "a port of its own" };
  }
}
