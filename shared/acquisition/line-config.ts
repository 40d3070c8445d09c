import { type Static, Type } from "typebox";
import { Duration, idPattern } from "./point-config.ts";

const id = Type.String({ pattern: idPattern });
const timeout = Type.Optional(
  Duration("how long to wait for an answer; on a serial line the time of the bytes themselves comes on top; default 1 s"),
);
const connectTimeout = Type.Optional(Duration("default 3 s"));
const host = Type.String({ minLength: 1, description: "name or address of the device or gateway" });
const port = Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535, description: "default 502" }));
const sickShare = Type.Optional(
  Type.Number({
    minimum: 0.1,
    maximum: 50,
    description: "per cent of the line's time that units which do not answer may take from the others; default 3",
  }),
);
const turnaround = Type.Optional(
  Duration("silence kept before each request besides what the protocol demands, for units that name none; default 0 ms, or as learned"),
);

/** Modbus TCP: one connection to one device or gateway. */
export const ModbusTcpLineConfig = Type.Object(
  {
    id,
    protocol: Type.Literal("modbus-tcp"),
    host,
    port,
    inFlight: Type.Optional(
      Type.Union([Type.Integer({ minimum: 1, maximum: 16 }), Type.Literal("learn")], {
        description: "transactions under way at once on the connection: a number the device is known to bear, or learn; default 1",
      }),
    ),
    connectTimeout,
    timeout,
    sickShare,
  },
  { $id: "ModbusTcpLineConfig", additionalProperties: false },
);
export type ModbusTcpLineConfig = Static<typeof ModbusTcpLineConfig>;

/** Modbus RTU on a serial port. Modbus over Serial Line V1.02 §2.5.1. */
export const ModbusRtuLineConfig = Type.Object(
  {
    id,
    protocol: Type.Literal("modbus-rtu"),
    device: Type.String({
      minLength: 1,
      description: "the serial port: a path such as /dev/ttyUSB0 or /dev/serial/by-id/…, or the id of a serial port of the board",
    }),
    baud: Type.Optional(Type.Integer({ minimum: 50, maximum: 4_000_000, description: "bits a second; default 19200" })),
    parity: Type.Optional(Type.Union([Type.Literal("even"), Type.Literal("odd"), Type.Literal("none")], { description: "default even" })),
    stopBits: Type.Optional(
      Type.Union([Type.Literal(1), Type.Literal(2)], { description: "default 1 with parity, 2 without, so that a character has 11 bits" }),
    ),
    rs485: Type.Optional(
      Type.Union([Type.Literal("automatic"), Type.Literal("kernel"), Type.Literal("rts")], {
        description:
          "who turns the transceiver round: automatic (the adapter by itself, or RS-232), kernel (the serial driver, by RTS), rts (as kernel, RTS low while sending); default automatic",
      }),
    ),
    echo: Type.Optional(Type.Boolean({ description: "the adapter gives back what is sent: drop it; default false" })),
    turnaround,
    timeout,
    sickShare,
  },
  { $id: "ModbusRtuLineConfig", additionalProperties: false },
);
export type ModbusRtuLineConfig = Static<typeof ModbusRtuLineConfig>;

/** RTU frames over a TCP connection, as transparent serial device servers carry them. */
export const ModbusRtuTcpLineConfig = Type.Object(
  {
    id,
    protocol: Type.Literal("modbus-rtu-tcp"),
    host,
    port,
    baud: Type.Optional(
      Type.Integer({ minimum: 50, maximum: 4_000_000, description: "bits a second of the serial line behind the server; default 9600" }),
    ),
    connectTimeout,
    turnaround,
    timeout,
    sickShare,
  },
  { $id: "ModbusRtuTcpLineConfig", additionalProperties: false },
);
export type ModbusRtuTcpLineConfig = Static<typeof ModbusRtuTcpLineConfig>;

/** One connection or bus that carries Modbus requests to one or more units. */
export const LineConfig = Type.Union([ModbusTcpLineConfig, ModbusRtuLineConfig, ModbusRtuTcpLineConfig], { $id: "LineConfig" });
export type LineConfig = Static<typeof LineConfig>;
