import test from "ava";
import fc from "fast-check";
import { PendingExchange } from "../../../../firmware/acquisition/modbus-line/pending-exchange.ts";
import { TransactionTable } from "../../../../firmware/acquisition/modbus-tcp/transaction-table.ts";
import { millis } from "../../../../shared/base/units.ts";

const { signal: stop } = new AbortController();

function exchange(parts: { unit?: number; function?: number; deadline?: number } = {}): PendingExchange {
  const made = new PendingExchange({
    unit: parts.unit ?? 1,
    request: Uint8Array.of(parts.function ?? 3, 0, 0, 0, 1),
    timeout: millis(1000),
    urgent: false,
    stop,
    resolve: () => {},
    reject: () => {},
  });
  made.deadline = millis(parts.deadline ?? 1000);
  return made;
}

test("a reply with the id, unit and function of a request, or its exception, finds it once", (t) => {
  const table = new TransactionTable();
  const [read, write] = [exchange(), exchange({ function: 6 })];
  const [first, second] = [table.begin(read), table.begin(write)];
  t.is(table.match(second, 1, 0x86), write);
  t.is(table.match(first, 1, 3), read);
  t.is(table.match(first, 1, 3), "foreign", "a duplicate");
  t.is(table.size, 0);
});

test("another unit, another function or an unknown id is foreign and leaves the request waiting", (t) => {
  const table = new TransactionTable();
  const id = table.begin(exchange({ unit: 7 }));
  t.is(table.match(id, 0, 3), "foreign");
  t.is(table.match(id, 255, 3), "foreign");
  t.is(table.match(id, 7, 4), "foreign");
  t.is(table.match(id, 7, 0x84), "foreign");
  t.is(table.match(id + 1, 7, 3), "foreign");
  t.is(table.size, 1);
});

test("what is due expires, and its reply is late once", (t) => {
  const table = new TransactionTable();
  const [soon, later] = [exchange({ deadline: 10 }), exchange({ deadline: 11 })];
  const id = table.begin(soon);
  table.begin(later);
  t.deepEqual(table.expire(millis(9)), []);
  t.deepEqual(table.expire(millis(10)), [soon]);
  t.is(table.match(id, 2, 3), "foreign", "not even a late one");
  t.is(table.match(id, 1, 3), "late");
  t.is(table.match(id, 1, 3), "foreign");
});

test("an id goes round all others before it comes again, and not while it is quarantined", (t) => {
  const table = new TransactionTable();
  const begin = (deadline: number): number => table.begin(exchange({ deadline }));
  const given = begin(0);
  table.expire(millis(0));
  const seen = new Set([given]);
  for (let n = 0; n < 65_535; n++) {
    const id = begin(1000);
    t.false(seen.has(id));
    seen.add(id);
    table.match(id, 1, 3);
  }
  const round = begin(1000);
  t.not(round, given, "quarantined since a whole round");
  table.match(given, 1, 3);
  for (let n = 0; n < 65_534; n++) table.match(begin(1000), 1, 3);
  t.is(begin(1000), given, "its late reply has come");
});

test("a new connection frees all ids; too many quarantined ones ask for it", (t) => {
  const table = new TransactionTable();
  for (let n = 0; n < 4096; n++) {
    t.false(table.exhausted);
    table.begin(exchange({ deadline: 0 }));
    table.expire(millis(0));
  }
  t.true(table.exhausted);
  const waiting = exchange();
  table.begin(waiting);
  t.deepEqual(table.clear(), [waiting]);
  t.false(table.exhausted);
  t.is(table.size, 0);
});

test("two requests under way never share an id, whatever expires or is answered between", (t) => {
  const steps = fc.array(fc.record({ what: fc.constantFrom("begin", "expire", "answer"), pick: fc.nat() }), { maxLength: 200 });
  t.notThrows(() =>
    fc.assert(
      fc.property(steps, (all) => {
        const table = new TransactionTable();
        const open = new Map<number, PendingExchange>();
        const gone = new Set<number>();
        for (const { what, pick } of all) {
          if (what === "begin") {
            const begun = exchange({ deadline: (pick % 5) + 1 });
            const id = table.begin(begun);
            if (open.has(id) || gone.has(id)) return false;
            open.set(id, begun);
          } else if (what === "expire") {
            const expired = table.expire(millis((pick % 5) + 1));
            for (const [id, begun] of open) {
              if (!expired.includes(begun)) continue;
              open.delete(id);
              gone.add(id);
            }
          } else {
            const id = [...open.keys()][pick % Math.max(1, open.size)];
            if (id === undefined) continue;
            if (table.match(id, 1, 3) !== open.get(id)) return false;
            open.delete(id);
          }
        }
        return table.size === open.size;
      }),
    ),
  );
});
