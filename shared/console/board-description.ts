import { type Static, Type } from "typebox";
import { idPattern } from "../base/id.ts";
import { boardNamePattern } from "./penstock-config.ts";

const Device = (description: string) => Type.String({ pattern: "^/dev/[A-Za-z0-9/_.-]+$", description });
const Note = Type.Optional(Type.String({ minLength: 1, description: "what to know before using it: pins, what enables it" }));

/** An I2C bus of a board. */
export const BoardBus = Type.Object(
  {
    id: Type.String({ pattern: idPattern, description: "name in a configuration" }),
    kind: Type.Literal("i2c"),
    device: Device("character device of the bus"),
    speed: Type.Integer({ minimum: 10_000, maximum: 3_400_000, description: "clock as shipped, Hz" }),
    note: Note,
  },
  { $id: "BoardBus", additionalProperties: false },
);
export type BoardBus = Static<typeof BoardBus>;

/** A serial port of a board. */
export const BoardSerialPort = Type.Object(
  {
    id: Type.String({ pattern: idPattern, description: "name in a configuration" }),
    device: Device("terminal device"),
    rs485: Type.Union([Type.Literal("none"), Type.Literal("driver"), Type.Literal("automatic")], {
      description:
        "none: bare logic levels, a transceiver that finds the direction by itself is needed; driver: the kernel switches the direction by RTS; automatic: the port is RS-485 and switches by itself",
    }),
    parity: Type.Boolean({ description: "can send a parity bit; Modbus RTU asks for even parity, or two stop bits without" }),
    note: Note,
  },
  { $id: "BoardSerialPort", additionalProperties: false },
);
export type BoardSerialPort = Static<typeof BoardSerialPort>;

/** What a kind of board has and bears: `boards/<name>/board.json`. */
export const BoardDescription = Type.Object(
  {
    $schema: Type.Optional(Type.String({ description: "where editors find the schema of this file" })),
    name: Type.String({ pattern: boardNamePattern, description: "the folder's name" }),
    title: Type.String({ minLength: 1, maxLength: 80 }),
    description: Type.String({ minLength: 1 }),
    architecture: Type.Union([Type.Literal("any"), Type.Literal("x86-64"), Type.Literal("arm64"), Type.Literal("armv7")], {
      description: "of the programs it runs, not of the chip alone",
    }),
    chip: Type.Optional(Type.String({ minLength: 1, description: "system on a chip" })),
    cores: Type.Optional(Type.Integer({ minimum: 1, maximum: 256 })),
    memory: Type.Integer({ minimum: 32 * 1024 * 1024, description: "RAM, bytes; for a generic board the least that is expected" }),
    network: Type.Array(
      Type.Object(
        {
          id: Type.String({ pattern: idPattern, description: "name of the interface" }),
          kind: Type.Union([Type.Literal("ethernet"), Type.Literal("wifi")]),
          megabits: Type.Optional(Type.Integer({ minimum: 1, description: "rate of an Ethernet port, Mbit/s" })),
        },
        { additionalProperties: false },
      ),
    ),
    buses: Type.Array(BoardBus),
    serialPorts: Type.Array(BoardSerialPort),
    watchdog: Type.Optional(
      Type.Object(
        { device: Device("watchdog device"), note: Note },
        { additionalProperties: false, description: "absent: none to rely on" },
      ),
    ),
    limits: Type.Object(
      {
        points: Type.Integer({ minimum: 1, description: "points of all devices together; a configuration with more is refused" }),
        clients: Type.Integer({ minimum: 1, description: "MQTT clients connected at once" }),
        twinBytes: Type.Integer({ minimum: 1024 * 1024, description: "twin store on disk, bytes" }),
        journalBytes: Type.Integer({ minimum: 1024 * 1024, description: "journal on disk, bytes" }),
      },
      { additionalProperties: false },
    ),
    node: Type.Object(
      {
        major: Type.Integer({ minimum: 20, description: "major version of Node to run the board bundle on" }),
        flags: Type.Array(Type.String({ pattern: "^--[a-z][a-z-]*(=[A-Za-z0-9]+)?$" }), {
          description: "flags of Node, as in --max-old-space-size=48",
        }),
      },
      { additionalProperties: false },
    ),
  },
  { $id: "BoardDescription", additionalProperties: false },
);
export type BoardDescription = Static<typeof BoardDescription>;
