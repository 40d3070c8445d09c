import test from "ava";
import fc from "fast-check";
import { millis } from "../../../../shared/base/units.ts";
import type { BoardDescription, DescribedFeature, DescribedThing } from "../../../../shared/connectors/link/board-description.ts";
import { DescriptionReceiver } from "../../../../shared/connectors/link/description-receiver.ts";
import { cutDescription, DescriptionSender } from "../../../../shared/connectors/link/description-sender.ts";
import { decodeUpMessage, encodeLinkMessage } from "../../../../shared/connectors/link/link-codec.ts";
import { linkBounds } from "../../../../shared/connectors/link/link-limits.ts";
import type { Description } from "../../../../shared/connectors/link/link-message.ts";

const hex = (digit: string): string => digit.repeat(32);
const session = hex("5");

const feature: fc.Arbitrary<DescribedFeature> = fc.record(
  {
    id: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/),
    type: fc.constantFrom("number", "boolean", "text", "list", "object"),
    writable: fc.boolean(),
    unit: fc.string({ maxLength: 32 }),
    values: fc.array(fc.oneof(fc.boolean(), fc.integer(), fc.string({ maxLength: 64 })), { maxLength: 8 }),
    description: fc.string({ maxLength: 256 }),
  },
  { requiredKeys: ["id", "type", "writable"] },
);

function partOf(sender: DescriptionSender, part: number): Description {
  const message = sender.part(part, session);
  if (message === undefined) throw new Error(`no part ${part}`);
  const read = decodeUpMessage(encodeLinkMessage(message));
  if (read.kind !== "description") throw new Error(`a ${read.kind} came back`);
  return read;
}

/** Fetches all parts, as a session does. */
function fetched(description: BoardDescription): { readonly whole: BoardDescription | undefined; readonly messages: number } {
  const sender = new DescriptionSender(() => description);
  const receiver = new DescriptionReceiver(undefined);
  if (!receiver.told(sender.hash)) return { whole: undefined, messages: 0 };
  for (let messages = 1; messages <= linkBounds.descriptionParts; messages++) {
    const got = receiver.received(partOf(sender, receiver.part));
    if (got !== "next") return { whole: got, messages };
  }
  return { whole: undefined, messages: linkBounds.descriptionParts };
}

test("whatever a board has arrives as it was, in parts of bounded size", (t) => {
  const things = fc.uniqueArray(
    fc.record(
      { id: fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/), features: fc.array(feature, { maxLength: 200 }) },
      { requiredKeys: ["id", "features"] },
    ),
    { maxLength: 12, selector: ({ id }) => id },
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(things, (list) => {
        const { whole } = fetched({ hash: hex("a"), things: list });
        t.deepEqual(whole, { hash: hex("a"), things: list });
        for (const part of cutDescription(list))
          if (encodeLinkMessage({ kind: "description", session, hash: session, part: 0, parts: 1, things: part }).length > 20_000)
            return false;
        return true;
      }),
      { numRuns: 40 },
    ),
  );
});

test("a thing with very many features goes on in the next parts", (t) => {
  const features: DescribedFeature[] = Array.from({ length: 5000 }, (_, index) => ({ id: `f${index}`, type: "number", writable: false }));
  const things: readonly DescribedThing[] = [
    { id: "board", features: [] },
    { id: "pump", name: "Pump", features },
    { id: "last", features: [] },
  ];
  const { whole, messages } = fetched({ hash: hex("a"), things });
  t.deepEqual(whole?.things, things);
  t.true(messages > 5, `${messages}`);
});

test("a board with nothing at all has one part", (t) => {
  t.deepEqual(fetched({ hash: hex("a"), things: [] }), { whole: { hash: hex("a"), things: [] }, messages: 1 });
});

test("what is kept already is not asked for, and another hash is", (t) => {
  const receiver = new DescriptionReceiver(hex("a"));
  t.false(receiver.told(hex("a")));
  t.false(receiver.told(undefined));
  t.true(receiver.told(hex("b")));
  t.false(receiver.told(hex("b")));
});

test("a description that changes while it is fetched is fetched anew from its first part", (t) => {
  const receiver = new DescriptionReceiver(undefined);
  receiver.told(hex("a"));
  const part = (hash: string, number: number, id: string): Description => ({
    kind: "description",
    session,
    hash,
    part: number,
    parts: 2,
    things: [{ id, features: [] }],
  });
  t.is(receiver.received(part(hex("a"), 0, "old")), "next");
  t.is(receiver.received(part(hex("b"), 1, "new-1")), "next");
  t.is(receiver.part, 0);
  t.is(receiver.received(part(hex("b"), 0, "new-0")), "next");
  t.is(receiver.received(part(hex("b"), 0, "new-0")), undefined);
  t.deepEqual(receiver.received(part(hex("b"), 1, "new-1")), {
    hash: hex("b"),
    things: [
      { id: "new-0", features: [] },
      { id: "new-1", features: [] },
    ],
  });
});

test("a part that does not come is asked for three times, then left until the board names it again", (t) => {
  const receiver = new DescriptionReceiver(undefined);
  receiver.told(hex("a"));
  let now = 0;
  let asked = 0;
  for (receiver.asked(millis(now)), asked++; asked < 10; ) {
    now += 10_000;
    if (!receiver.overdue(millis(now))) break;
    receiver.asked(millis(now));
    asked++;
  }
  t.is(asked, 3);
  t.is(receiver.nextDue(), Number.POSITIVE_INFINITY);
  t.true(receiver.told(hex("a")));
});

test("what could not be kept is not fetched again in the same session", (t) => {
  const receiver = new DescriptionReceiver(undefined);
  receiver.told(hex("a"));
  receiver.refuse(hex("a"));
  t.false(receiver.told(hex("a")));
  receiver.end();
  t.true(receiver.told(hex("a")));
});

test("more features than any board has are not collected", (t) => {
  const receiver = new DescriptionReceiver(undefined);
  receiver.told(hex("a"));
  const features: DescribedFeature[] = Array.from({ length: linkBounds.describedFeatures }, (_, index) => ({
    id: `f${index}`,
    type: "number",
    writable: false,
  }));
  let got: ReturnType<DescriptionReceiver["received"]> = "next";
  let part = 0;
  for (; got === "next" && part < 1000; part++)
    got = receiver.received({ kind: "description", session, hash: hex("a"), part, parts: 4000, things: [{ id: `t${part}`, features }] });
  t.is(got, undefined);
  t.true(part * linkBounds.describedFeatures <= linkBounds.allFeatures + linkBounds.describedFeatures);
});
