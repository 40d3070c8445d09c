import test from "ava";
import { ModbusServer } from "../../../../firmware/connectors/modbus-server/modbus-server.ts";
import { DesiredReconciler } from "../../../../firmware/twin/desired-reconciler.ts";
import { MemoryTwinStore } from "../../../../firmware/twin/twin-store-memory.ts";
import { resolveConfig } from "../../../../shared/console/resolve-config.ts";
import { FakeActuator } from "../../../harness/fake-actuator.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";
import { FakeLog } from "../../../harness/fake-log.ts";
import { until } from "../../../harness/until.ts";
import { RawClient } from "./open-server.ts";

test("a client's write is answered when the desired value is stored, while the device still thinks about it", async (t) => {
  const [clock, log, actuator] = [new FakeClock(), new FakeLog(), new FakeActuator()];
  const store = await MemoryTwinStore.open({ clock, log });
  const intents = new DesiredReconciler({
    store,
    actuator,
    clock,
    log,
    random: () => 0,
  });
  const { modbusServer } = resolveConfig({
    lines: [{ id: "plc", protocol: "modbus-tcp", host: "192.0.2.1" }],
    devices: [
      {
        id: "pump",
        line: "plc",
        points: [{ id: "speed", area: "holding", address: 0, write: {} }],
      },
    ],
    modbusServer: {
      port: 0,
      registers: [
        {
          thing: "pump",
          feature: "speed",
          area: "holding",
          address: 0,
          write: true,
        },
      ],
    },
  });
  if (modbusServer === undefined) throw new Error("no server");
  const identity = { product: "board", version: "1", board: "north" };
  const server = await ModbusServer.open({
    config: modbusServer,
    identity,
    reported: () => undefined,
    actuator,
    intents,
    clock,
    log,
  });
  t.teardown(() => server.close());
  let think = (): void => undefined;
  actuator.gate = new Promise((resolve) => {
    think = resolve;
  });
  const client = await RawClient.open(t, server.port);
  t.deepEqual(await client.ask([6, 0, 0, 0, 42]), [6, 0, 0, 0, 42]);
  t.is(store.get("pump/speed")?.desired?.["value"], 42);
  t.is(store.get("pump/speed")?.observedRev, 0);
  await until(() => actuator.written.length === 1);
  t.regex(actuator.written[0]?.who ?? "", /^modbus 127\.0\.0\.1:/);
  think();
  await until(() => store.get("pump/speed")?.observedRev === store.get("pump/speed")?.desiredRev);
  t.deepEqual(await client.ask([6, 0, 0, 0, 101]), [0x86, 3]);
  await intents.close();
  await store.close();
});
