import { open, PacketCounter, publishPacket, subscribePacket } from "./mqtt-load.ts";

const topic = "bench/frozen/topic";
const perTick = 20;
/** 20 messages every 5 ms: 4,000 a second. */
const tick = 5;
const window = 250;

/** What a healthy subscriber went through beside a frozen one. */
export interface FrozenResult {
  /** Share of the messages that it did not get. */
  readonly lost: number;
  /** Share of the windows of a quarter second in which it got less than half of what was sent. */
  readonly waited: number;
}

/**
 * One publisher (4,000 messages of 1 KiB a second, QoS 0), one subscriber that reads, and one that stops reading but keeps its connection.
 * @param span how long, ms
 */
export async function measureFrozen(port: number, span: number): Promise<FrozenResult> {
  const healthy = await open(port, "healthy", subscribePacket(topic, 0), 9);
  const frozen = await open(port, "frozen", subscribePacket(topic, 0), 9);
  frozen.pause();
  const publisher = await open(port, "pub", Buffer.alloc(0), 4);
  const counter = new PacketCounter(3);
  healthy.on("data", (chunk: Buffer) => counter.add(chunk));
  const many = Buffer.concat(Array.from({ length: perTick }, () => publishPacket(topic, Buffer.alloc(1024, 0x62), 0)));
  let sent = 0;
  let windows = 0;
  let starved = 0;
  let sentBefore = 0;
  let gotBefore = 0;
  const start = performance.now();
  let windowEnd = start + window;
  for (let due = start; due < start + span; due += tick) {
    const wait = due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    publisher.write(many);
    sent += perTick;
    if (performance.now() < windowEnd) continue;
    windows++;
    if (counter.count - gotBefore < (sent - sentBefore) / 2) starved++;
    sentBefore = sent;
    gotBefore = counter.count;
    windowEnd += window;
  }
  for (let wait = 0; wait < 50 && counter.count < sent; wait++) await new Promise((resolve) => setTimeout(resolve, 20));
  for (const socket of [healthy, frozen, publisher]) socket.destroy();
  return { lost: 1 - counter.count / sent, waited: starved / Math.max(1, windows) };
}
