import test from "ava";
import { twinStoreDefaults } from "../../../firmware/twin/twin-store-options.ts";
import { checkLayout } from "../../../shared/acquisition/values/check-layout.ts";
import { bytes, millis } from "../../../shared/base/units.ts";
import { resolveConfig } from "../../../shared/console/resolve-config.ts";

const line = { id: "plc", protocol: "modbus-tcp", host: "192.0.2.1" } as const;

test("an empty configuration resolves to a board with a broker and no devices", (t) => {
  const { id, board, lines, devices, schedules, broker, twin, health } = resolveConfig({});
  t.deepEqual([id, board, lines, devices, health], ["board", "linux-generic", [], [], { host: "127.0.0.1", port: 9464 }]);
  t.deepEqual(
    [...schedules.values()],
    [{ name: "default", schedule: { kind: "periodic", every: millis(1000) }, priority: 5, deadline: millis(1000) }],
  );
  t.is(broker.listeners[0]?.port, 1883);
  t.deepEqual(twin, {
    commitInterval: millis(1000),
    commitDelay: millis(0),
    commitSize: 1024,
    refreshInterval: millis(3_600_000),
    maxFeatures: 20_000,
    maxDocument: bytes(65_536),
  });
});

test("what a device and a point leave out gets its default", (t) => {
  const config = { lines: [line], devices: [{ id: "pump", line: "plc", points: [{ id: "level", area: "holding", address: 7 }] }] } as const;
  const { lines, devices } = resolveConfig({
    lines: [...config.lines],
    devices: [{ ...config.devices[0], points: [...config.devices[0].points] }],
  });
  t.deepEqual(lines, [
    {
      id: "plc",
      protocol: "modbus-tcp",
      host: "192.0.2.1",
      port: 502,
      inFlight: 1,
      connectTimeout: millis(3000),
      timeout: millis(1000),
      sickShare: 0.03,
    },
  ]);
  t.deepEqual(devices, [
    {
      thing: "pump",
      name: undefined,
      lineId: "plc",
      unit: 1,
      staleAfter: 3,
      timeout: millis(1000),
      turnaround: undefined,
      learn: true,
      limits: { registers: 125, bits: 2000, bridge: true },
      points: [
        {
          id: "level",
          layout: { area: "holding", address: 7, type: "uint16", order: "ABCD" },
          unit: undefined,
          description: undefined,
          schedule: "default",
          access: "read",
          report: { mode: "always", absolute: 0, percent: 0, heartbeat: undefined },
          write: undefined,
        },
      ],
    },
  ]);
});

test("a point's schedule and report rule win over its device's, the device's timeout over its line's", (t) => {
  const { devices } = resolveConfig({
    lines: [{ ...line, timeout: "2 s" }],
    devices: [
      {
        id: "a",
        line: "plc",
        schedule: "slow",
        report: { mode: "change", percent: 5 },
        points: [
          { id: "x", area: "input", address: 0 },
          { id: "y", area: "input", address: 1, schedule: "fast", report: { mode: "change", absolute: 2, heartbeat: "1 min" } },
        ],
      },
      { id: "b", line: "plc", unit: 2, timeout: "500 ms", points: [{ id: "x", area: "input", address: 0 }] },
    ],
    schedules: { slow: { every: "1 h" }, fast: { every: "10 ms" } },
  });
  const [x, y] = devices[0]?.points ?? [];
  t.deepEqual(
    [x?.schedule, x?.report.percent, y?.schedule, y?.report],
    ["slow", 5, "fast", { mode: "change", absolute: 2, percent: 0, heartbeat: millis(60_000) }],
  );
  t.deepEqual(
    devices.map((device) => device.timeout),
    [millis(2000), millis(500)],
  );
});

test("a write rule makes a point writable, with its defaults; what cannot be read is not read back", (t) => {
  const { devices } = resolveConfig({
    lines: [line],
    devices: [
      {
        id: "a",
        line: "plc",
        points: [
          { id: "speed", area: "holding", address: 0, write: { min: 0, max: 100 } },
          { id: "reset", area: "coil", address: 0, access: "write", write: { expiry: "5 s" } },
        ],
      },
    ],
  });
  const [speed, reset] = devices[0]?.points ?? [];
  t.is(speed?.access, "read-write");
  t.deepEqual(speed?.write, { min: 0, max: 100, values: undefined, perMinute: 60, readBack: true, expiry: millis(60_000), hold: false });
  t.is(reset?.access, "write");
  t.is(reset?.write?.readBack, false);
  t.is(reset?.write?.expiry, millis(5000));
});

test("a layout without contradiction has none after its defaults are filled in", (t) => {
  const layouts = [
    { area: "coil", address: 0 },
    { area: "holding", address: 0, type: "bool", bit: 3 },
    { area: "holding", address: 0, type: "uint8", byte: "high" },
    { area: "input", address: 0, type: "string", length: 5 },
    { area: "input", address: 0, type: "float64" },
  ] as const;
  const points = layouts.map((layout, index) => ({ id: `p${index}`, ...layout }));
  const { devices } = resolveConfig({ lines: [line], devices: [{ id: "a", line: "plc", points }] });
  t.deepEqual(
    devices[0]?.points.map((point) => checkLayout(point.layout)),
    layouts.map(() => undefined),
  );
});

test("schedules of every kind get their defaults, and the default one may be given another meaning", (t) => {
  const { schedules } = resolveConfig({
    schedules: {
      default: { every: "2 s", phase: "100 ms", priority: 1 },
      shift: { cron: "0 6 * * *" },
      first: { once: "10 s", deadline: "5 s" },
    },
  });
  t.deepEqual(schedules.get("default"), {
    name: "default",
    schedule: { kind: "periodic", every: millis(2000), phase: millis(100) },
    priority: 1,
    deadline: millis(2000),
  });
  t.deepEqual(schedules.get("shift")?.schedule, { kind: "cron", pattern: "0 6 * * *", zone: "UTC" });
  t.is(schedules.get("shift")?.deadline, millis(60_000));
  t.deepEqual(schedules.get("first"), {
    name: "first",
    schedule: { kind: "once", after: millis(10_000) },
    priority: 5,
    deadline: millis(5000),
  });
});

test("the defaults of the twins are those of the store", (t) => {
  const { commitDelay, commitInterval, commitSize, refreshInterval, maxFeatures, maxDocument } = twinStoreDefaults;
  t.deepEqual(resolveConfig({}).twin, { commitInterval, commitDelay, commitSize, refreshInterval, maxFeatures, maxDocument });
});

const board = {
  limits: { points: 10, clients: 10, twinBytes: 1_048_576, journalBytes: 2_097_152 },
  buses: [{ id: "i2c-0", device: "/dev/i2c-0" }],
  serialPorts: [
    { id: "uart-1", device: "/dev/ttyS1", rs485: "driver", parity: true },
    { id: "uart-2", device: "/dev/ttyS2", rs485: "automatic", parity: true },
  ],
  watchdog: { device: "/dev/watchdog0" },
};

test("serial ports of the board become paths, and one that the kernel turns round is turned round by it unless the line says otherwise", (t) => {
  const rtu = { protocol: "modbus-rtu" } as const;
  const lines = [
    { id: "a", device: "uart-1", ...rtu },
    { id: "b", device: "uart-2", ...rtu },
    { id: "c", device: "/dev/ttyS1", ...rtu },
    { id: "d", device: "uart-1", rs485: "rts" as const, ...rtu },
    { id: "e", device: "/dev/ttyUSB0", ...rtu },
  ];
  t.deepEqual(
    resolveConfig({ lines }, board).lines.map((one) => (one.protocol === "modbus-rtu" ? [one.device, one.rs485] : [])),
    [
      ["/dev/ttyS1", "kernel"],
      ["/dev/ttyS2", "automatic"],
      ["/dev/ttyS1", "kernel"],
      ["/dev/ttyS1", "rts"],
      ["/dev/ttyUSB0", "automatic"],
    ],
  );
});

test("twins get room by the board, and at least for the points there are", (t) => {
  t.is(resolveConfig({}, board).twin.maxFeatures, 1024);
  t.is(resolveConfig({ twin: { maxFeatures: 7 } }, board).twin.maxFeatures, 7);
  const points = Array.from({ length: 4096 }, (_, index) => ({ id: `p${index}`, area: "input" as const, address: index }));
  const devices = Array.from({ length: 5 }, (_, index) => ({ id: `d${index}`, line: "plc", unit: index + 1, points }));
  t.is(resolveConfig({ lines: [line], devices }, { ...board, limits: { ...board.limits, twinBytes: 2 ** 30 } }).twin.maxFeatures, 20_480);
});

test("the watchdog of the board is a path, and its interval is left to the device", (t) => {
  t.is(resolveConfig({}, board).watchdog, undefined);
  t.deepEqual(resolveConfig({ watchdog: { device: "board" } }, board).watchdog, { device: "/dev/watchdog0", interval: undefined });
  t.deepEqual(resolveConfig({ watchdog: { device: "/dev/watchdog", interval: "5 s" } }).watchdog, {
    device: "/dev/watchdog",
    interval: millis(5000),
  });
});

test("a served register knows the kind of its point and its names", (t) => {
  const { modbusServer } = resolveConfig({
    lines: [line],
    devices: [
      {
        id: "pump",
        line: "plc",
        points: [
          { id: "run", area: "coil", address: 0, write: {} },
          { id: "mode", area: "holding", address: 0, names: { "0": "off", "1": "auto" } },
          { id: "level", area: "input", address: 0, type: "float32" },
        ],
      },
    ],
    modbusServer: {
      registers: [
        { thing: "pump", feature: "run", area: "holding", address: 0, write: true },
        { thing: "pump", feature: "mode", area: "input", address: 0 },
        { thing: "pump", feature: "mode", area: "input", address: 10, type: "string", length: 8 },
        { thing: "pump", feature: "level", area: "input", address: 20, type: "float32", order: "CDAB", scale: 0.1 },
      ],
    },
  });
  const { registers, ...server } = modbusServer ?? { registers: [] };
  t.deepEqual(server, {
    host: "127.0.0.1",
    port: 1502,
    unit: undefined,
    clients: 16,
    idleTimeout: millis(600_000),
    allow: undefined,
    whenBad: "exception",
  });
  t.deepEqual(
    registers.map(({ kind, write, layout }) => [kind, write, layout.type, layout.order, layout.names]),
    [
      ["bool", true, "uint16", "ABCD", undefined],
      ["number", false, "uint16", "ABCD", { "0": "off", "1": "auto" }],
      ["number", false, "string", "ABCD", undefined],
      ["number", false, "float32", "CDAB", undefined],
    ],
  );
});
