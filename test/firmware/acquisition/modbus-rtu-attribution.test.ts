import test from "ava";
import fc from "fast-check";
import { crc16 } from "../../../shared/acquisition/modbus/crc16.ts";
import { millis } from "../../../shared/base/units.ts";
import { openRtuBench, type RtuBench, rtuFrame } from "../../harness/open-rtu-line.ts";

const timeout = millis(40);

/** What becomes of one request: answered, or answered late (at `share` of the time for which late replies are expected), or spoilt in some way. */
const deeds = [
  "answer",
  "late",
  "drop",
  "exception",
  "lateException",
  "flip",
  "truncate",
  "noiseBefore",
  "noiseAfter",
  "split",
  "otherUnit",
  "otherFunction",
  "otherLength",
  "foreignFirst",
  "garbage",
] as const;
type Deed = (typeof deeds)[number];

interface Step {
  readonly deed: Deed;
  readonly unit: number;
  readonly code: number;
  readonly address: number;
  readonly quantity: number;
  /** A number for whatever the deed leaves open. */
  readonly pick: number;
}

/** The request PDU of a step: reads, or the write of one register. */
function requestOf({ code, address, quantity }: Step): readonly number[] {
  return [code, 0, address, 0, quantity];
}

/** The only right answer: it tells unit, function and address in every register, and echoes writes. */
function answerOf(step: Step): readonly number[] {
  const { unit, code, address, quantity } = step;
  if (code === 6) return requestOf(step);
  return [code, quantity * 2, ...Array.from({ length: quantity }, (_, n) => [unit * 16 + code, address + n]).flat()];
}

/** An exception tells the address, so that a strange one is seen. */
function exceptionOf({ code, address }: Step): readonly number[] {
  return [code | 0x80, 0x40 + address];
}

function noise(pick: number): readonly number[] {
  return Array.from({ length: 1 + (pick % 9) }, (_, n) => (pick * 31 + n * 77) & 0xff);
}

function play(bench: RtuBench, step: Step): void {
  const { unit, code, pick } = step;
  const say = (bytes: readonly number[], after: number): void => void bench.clock.after(millis(after), () => bench.channel.say(bytes));
  const frame = rtuFrame(unit, ...answerOf(step));
  const soon = 2 + (pick % 7);
  const tooLate = timeout * (1.05 + (pick % 80) / 100);
  const acts: Readonly<Record<Deed, () => void>> = {
    answer: () => say(frame, soon),
    late: () => say(frame, tooLate),
    drop: () => {},
    exception: () => say(rtuFrame(unit, ...exceptionOf(step)), soon),
    lateException: () => say(rtuFrame(unit, ...exceptionOf(step)), tooLate),
    flip: () => say(frame.with(pick % frame.length, (frame[pick % frame.length] ?? 0) ^ (1 << (pick % 8))), soon),
    truncate: () => say(frame.slice(0, 1 + (pick % (frame.length - 1))), soon),
    noiseBefore: () => say([...noise(pick), ...frame], soon),
    noiseAfter: () => say([...frame, ...noise(pick)], soon),
    split: () => {
      say(frame.slice(0, pick % frame.length), soon);
      say(frame.slice(pick % frame.length), soon + 6);
    },
    otherUnit: () => say(rtuFrame(unit + 1, ...answerOf(step)), soon),
    otherFunction: () => say(rtuFrame(unit, ...answerOf({ ...step, code: code === 3 ? 4 : 3 })), soon),
    otherLength: () => say(rtuFrame(unit, ...answerOf({ ...step, code: 3, quantity: step.quantity + 1 })), soon),
    foreignFirst: () => say([...rtuFrame(unit + 3, 3, 4, 1, 2, 3, 4), ...frame], soon),
    garbage: () => say(noise(pick), soon),
  };
  acts[step.deed]();
}

/** Asks for everything at once on a line of 115200 baud. Gives what each caller got. */
async function outcomes(steps: readonly Step[]): Promise<readonly (Uint8Array | undefined)[]> {
  const closers: (() => unknown)[] = [];
  const bench = await openRtuBench({ teardown: (close) => closers.push(close) }, { baud: 115_200 });
  const waiting = steps.map((step) => ({ step, frame: rtuFrame(step.unit, ...requestOf(step)) }));
  bench.onSent = (sent) => {
    const at = waiting.findIndex(({ frame }) => frame.join() === sent.join());
    const [found] = waiting.splice(at, 1);
    if (at < 0 || found === undefined) throw new Error(`sent [${sent}], which nobody asked for`);
    play(bench, found.step);
  };
  const { signal } = new AbortController();
  let left = steps.length;
  const all = Promise.all(
    steps.map((step) =>
      bench.line
        .exchange(step.unit, Uint8Array.from(requestOf(step)), { timeout, urgent: step.pick % 5 === 0 }, signal)
        .catch(() => undefined)
        .finally(() => left--),
    ),
  );
  for (let n = 0; left > 0; n++) {
    if (n > 20_000) throw new Error(`${left} requests never end`);
    await bench.clock.advance(millis(2));
  }
  for (const close of closers) await close();
  return all;
}

test("whatever comes over a serial line, nobody gets a reply that was meant for another request", async (t) => {
  let [own, failed] = [0, 0];
  const deed = fc.oneof(
    { weight: 2, arbitrary: fc.constant<Deed>("answer") },
    { weight: 2, arbitrary: fc.constantFrom<Deed>("late", "lateException") },
    { weight: 3, arbitrary: fc.constantFrom(...deeds) },
  );
  const step = fc.record({
    deed,
    unit: fc.integer({ min: 1, max: 3 }),
    code: fc.constantFrom(3, 3, 4, 6),
    address: fc.nat(20),
    quantity: fc.integer({ min: 1, max: 3 }),
    pick: fc.nat(1000),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(step, { minLength: 1, maxLength: 16, selector: (one) => [one.unit, ...requestOf(one)].join() }),
      async (steps) => {
        const replies = await outcomes(steps);
        for (const [n, one] of steps.entries()) {
          const reply = replies[n];
          if (reply === undefined) failed++;
          else {
            own++;
            const right = one.deed === "exception" || one.deed === "lateException" ? exceptionOf(one) : answerOf(one);
            if (Buffer.compare(reply, Uint8Array.from(right)) !== 0) throw new Error(`step ${n} got [${reply}], expected [${right}]`);
          }
        }
      },
    ),
    { numRuns: 400 },
  );
  t.true(own > 200 && failed > 200, `${own} replies came through, ${failed} did not`);
});

test("a frame is its own checksum's: no single flipped bit makes another reply of it", (t) => {
  const frame = rtuFrame(1, 3, 4, 1, 2, 3, 4);
  for (let bit = 0; bit < frame.length * 8; bit++) {
    const flipped = frame.with(bit >> 3, (frame[bit >> 3] ?? 0) ^ (1 << (bit & 7)));
    t.not(crc16(Uint8Array.from(flipped)), 0);
  }
});
