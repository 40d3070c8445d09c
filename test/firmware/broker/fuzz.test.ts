import { once } from "node:events";
import { connect } from "node:net";
import test from "ava";
import fc from "fast-check";
import { openBroker } from "./open-broker.ts";
import { ackPacket, connectPacket, field, packet, publishPacket, RawClient, subscribePacket } from "./raw-client.ts";

/** Sends bytes on a connection of their own and waits until the broker closed it or has read them all. */
async function shoot(port: number, bytes: Uint8Array): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.resume();
  await once(socket, "connect");
  const closed = once(socket, "close");
  socket.end(bytes);
  await closed;
}

const topics = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.constantFrom(
    "$SYS/a",
    "$",
    "a/#",
    "+",
    "a/+/b",
    "",
    "/",
    "a\0b",
    "constructor",
    "__proto__/a",
    "a/".repeat(300),
    "é".repeat(600),
    "penstock/v1/a/status",
  ),
  fc.array(fc.constantFrom("a", "b", "+", "#", "", "__proto__"), { maxLength: 12 }).map((levels) => levels.join("/")),
);
const ids = fc.integer({ min: 0, max: 65_535 });
const qos = fc.integer({ min: 0, max: 3 });
const payloads = fc.uint8Array({ maxLength: 200 });

const valid = fc.oneof(
  fc
    .tuple(topics, payloads, qos, ids, fc.boolean())
    .map(([topic, payload, level, id, retain]) => publishPacket(topic, payload, level, id, retain)),
  fc
    .tuple(fc.array(fc.tuple(topics, qos), { maxLength: 5 }), ids)
    .map(([filters, id]) =>
      packet(0x82, Buffer.of(id >> 8, id & 0xff), ...filters.map(([topic, level]) => Buffer.concat([field(topic), Buffer.of(level)]))),
    ),
  fc
    .tuple(fc.array(topics, { maxLength: 5 }), ids)
    .map(([filters, id]) => packet(0xa2, Buffer.of(id >> 8, id & 0xff), ...filters.map((topic) => field(topic)))),
  fc.tuple(fc.constantFrom(0x40, 0x50, 0x62, 0x70), ids).map(([first, id]) => ackPacket(first, id)),
  fc.constantFrom(Buffer.of(0xc0, 0), Buffer.of(0xe0, 0)),
  fc
    .record({ id: fc.string({ maxLength: 30 }), clean: fc.boolean(), keepalive: fc.integer({ min: 0, max: 65_535 }) })
    .map((options) => connectPacket(options)),
);
/** Every type, those of the server included, with any flags and body. */
const anyType = fc.tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 60 })).map(([first, body]) => packet(first, body));
/** A length that promises much more than comes. */
const lying = fc
  .tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ minLength: 1, maxLength: 5 }), payloads)
  .map(([first, length, body]) => Buffer.concat([Buffer.of(first), length, body]));
const noise = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const piece = fc.oneof({ weight: 5, arbitrary: valid }, anyType, lying, noise);

/** Packets of which some bytes are changed or cut off. */
const stream = fc
  .tuple(
    fc.boolean(),
    fc.array(piece, { maxLength: 8 }),
    fc.array(fc.tuple(fc.nat(400), fc.integer({ min: 0, max: 255 })), { maxLength: 3 }),
    fc.boolean(),
  )
  .map(([greeted, pieces, changes, mutate]) => {
    const bytes = Buffer.concat([...(greeted ? [connectPacket({ id: "fuzz" })] : []), ...pieces]);
    if (mutate) for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
    return bytes;
  });

test("nothing that comes over the wire harms another connection", async (t) => {
  const problems: unknown[] = [];
  const onProblem = (problem: unknown): void => {
    problems.push(problem);
  };
  process.on("uncaughtException", onProblem).on("unhandledRejection", onProblem);
  t.teardown(() => process.off("uncaughtException", onProblem).off("unhandledRejection", onProblem));
  const { port, log } = await openBroker(t, {
    config: { listeners: [{ protocol: "mqtt", port: 0 }], anonymousRules: { publish: ["#"] }, limits: { sessions: 20 } },
  });
  const healthy = await RawClient.login(t, port, { id: "healthy" });
  healthy.send(subscribePacket("healthy/+", 1));
  await healthy.take(5);
  await fc.assert(
    fc.asyncProperty(stream, async (bytes) => {
      await shoot(port, bytes);
    }),
    { numRuns: 3000 },
  );
  const publisher = await RawClient.login(t, port, { id: "publisher" });
  publisher.send(publishPacket("healthy/a", "well", 1, 5));
  t.deepEqual([...(await publisher.take(4))], [0x40, 2, 0, 5]);
  const message = await healthy.take(19);
  t.is(message.subarray(-4).toString(), "well");
  t.deepEqual(problems, []);
  t.deepEqual(
    log.entries.filter(({ level }) => level === "error"),
    [],
  );
});
