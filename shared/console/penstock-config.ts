import { type Static, Type } from "typebox";
import { DeviceConfig } from "../acquisition/device-config.ts";
import { BusConfig, SensorConfig } from "../acquisition/i2c/sensor-config.ts";
import { LineConfig } from "../acquisition/line-config.ts";
import { ScheduleConfig } from "../acquisition/tasks/schedule-config.ts";
import { idPattern } from "../base/id.ts";
import { BrokerConfig } from "../broker/broker-config.ts";
import { ModbusServerConfig } from "../connectors/modbus-server-config.ts";
import { UplinkConfig } from "../connectors/uplink-config.ts";
import { JournalConfig } from "../pipeline/journal-config.ts";
import { TwinConfig } from "../twin/twin-config.ts";
import { HealthConfig } from "./health-config.ts";
import { WatchdogConfig } from "./watchdog-config.ts";

/** Names of folders. */
export const boardNamePattern = "^[a-z0-9][a-z0-9-]{0,63}$";

/** The whole configuration of a board: `penstock.json`. Every part has defaults; an empty object is a board with a broker and no devices. */
export const PenstockConfig = Type.Object(
  {
    $schema: Type.Optional(Type.String({ description: "where editors find the schema of this file" })),
    id: Type.Optional(Type.String({ pattern: idPattern, description: "thing id of the board itself; default board" })),
    board: Type.Optional(Type.String({ pattern: boardNamePattern, description: "a folder of boards/; default linux-generic" })),
    lines: Type.Optional(Type.Array(LineConfig, { maxItems: 1024, description: "connections to devices; default none" })),
    devices: Type.Optional(Type.Array(DeviceConfig, { maxItems: 4096, description: "units and their points; default none" })),
    buses: Type.Optional(Type.Array(BusConfig, { maxItems: 64, description: "I2C buses; default none" })),
    sensors: Type.Optional(Type.Array(SensorConfig, { maxItems: 1024, description: "sensor chips and their points; default none" })),
    schedules: Type.Optional(
      Type.Record(Type.String({ pattern: idPattern }), ScheduleConfig, {
        additionalProperties: false,
        maxProperties: 1024,
        description: "schedules by name; the one named default is for points that name none, every second unless given here",
      }),
    ),
    broker: Type.Optional(BrokerConfig),
    twin: Type.Optional(TwinConfig),
    journal: Type.Optional(JournalConfig),
    uplink: Type.Optional(UplinkConfig),
    modbusServer: Type.Optional(ModbusServerConfig),
    watchdog: Type.Optional(WatchdogConfig),
    health: Type.Optional(HealthConfig),
  },
  { $id: "PenstockConfig", additionalProperties: false },
);
export type PenstockConfig = Static<typeof PenstockConfig>;
