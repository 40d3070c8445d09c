import test from "ava";
import fc from "fast-check";
import { OutgoingRefused } from "../../../../host/platform/outgoing/outgoing-errors.ts";
import { OutgoingUrl } from "../../../../host/platform/outgoing/outgoing-url.ts";

const urls = new OutgoingUrl();

const refused = test.macro({
  exec(t, url: string, why: RegExp) {
    const error = t.throws(() => urls.check(url), { instanceOf: OutgoingRefused });
    t.regex(error?.message ?? "", why);
  },
  title: (_given, url: string) => `${url} is not gone to`,
});
const taken = test.macro({
  exec(t, url: string) {
    t.notThrows(() => urls.check(url));
  },
  title: (_given, url: string) => `${url} is gone to`,
});

test(taken, "https://example.com/hook?x=1");
test(taken, "http://example.com:8080/");
test(taken, "https://93.184.216.34/");
test(taken, "https://[2606:2800:220:1::1]/");
test(taken, "https://xn--bcher-kva.example/");
test(taken, "https://10.example.com/");

// Every way to write 127.0.0.1 that the URL standard knows: decimal, octal, hexadecimal, fewer parts, full-width digits.
for (const url of [
  "http://127.0.0.1/",
  "http://2130706433/",
  "http://0x7f000001/",
  "http://0177.0.0.1/",
  "http://0177.0.0.01/",
  "http://127.1/",
  "http://127.0.1/",
  "http://0x7f.1/",
  "http://127.0.0.1./",
  "http://１２７.0.0.1/",
  "http://127。0。0。1/",
  "http://[::1]/",
  "http://[0:0:0:0:0:0:0:1]/",
  "http://[::ffff:127.0.0.1]/",
  "http://[::ffff:7f00:1]/",
  "http://[::127.0.0.1]/",
  "http://[64:ff9b::7f00:1]/",
  "http://[2002:7f00:1::]/",
  "http://0.0.0.0/",
  "http://0/",
  "http://[::]/",
  "http://localhost/",
  "http://LOCALHOST./",
  "http://a.localhost:9/",
]) {
  test(refused, url, /gateway itself|reserved/);
}
test(refused, "http://10.0.0.1/", /private/);
test(refused, "http://172.16.5.5/", /private/);
test(refused, "http://192.168.1.1/", /private/);
test(refused, "http://3232235777/", /private/);
test(refused, "http://[fd00::1]/", /private/);
test(refused, "http://[fec0::1]/", /private/);
test(refused, "http://[::ffff:10.0.0.1]/", /private/);
test(refused, "http://[64:ff9b::a00:1]/", /private/);
test(refused, "http://100.64.0.1/", /private/);
test(refused, "http://169.254.169.254/latest/meta-data", /link-local/);
test(refused, "http://0251.0376.0251.0376/", /link-local/);
test(refused, "http://[fe80::1]/", /link-local/);
test(refused, "http://[::ffff:169.254.169.254]/", /link-local/);
test(refused, "http://100.100.100.200/", /secrets/);
test(refused, "http://168.63.129.16/", /secrets/);
test(refused, "http://224.0.0.1/", /multicast/);
test(refused, "http://255.255.255.255/", /broadcast/);
test(refused, "http://[ff02::1]/", /multicast/);
test(refused, "http://[2001:db8::1]/", /reserved/);
test(refused, "http://192.0.2.1/", /reserved/);
test(refused, "http://240.0.0.1/", /reserved/);
test(refused, "ftp://example.com/", /not spoken/);
test(refused, "file:///etc/passwd", /not spoken/);
test(refused, "javascript:alert(1)", /not spoken/);
test(refused, "gopher://127.0.0.1:6379/_x", /not spoken/);
test(refused, "http://ann:secret@example.com/", /user and password/);
test(refused, "http://example.com@127.0.0.1/", /user and password/);
test(refused, "not a url", /no URL/);
test(refused, "http://1.2.3.4.5/", /no URL|no address/);
test(refused, `http://example.com/${"x".repeat(2048)}`, /longer than/);

test("what is refused is shown without its secrets", (t) => {
  const error = t.throws(() => urls.check("ftp://ann:secret@example.com/a?token=hidden#part"), { instanceOf: OutgoingRefused });
  t.is(error?.url, "ftp://example.com/a");
  t.notRegex(error?.message ?? "", /secret|hidden/);
});

test("what is allowed by range, address or name is gone to, and nothing beside it", (t) => {
  const own = new OutgoingUrl({ schemes: ["https"], allow: ["10.1.0.0/16", "192.168.7.7", "fd12::/16", "[::1]", "Historian.plant"] });
  for (const url of ["https://10.1.200.3/", "https://192.168.7.7/", "https://[::ffff:10.1.0.1]/", "https://[fd12::5]/", "https://[::1]/"]) {
    t.notThrows(() => own.check(url), url);
  }
  t.notThrows(() => own.check("https://historian.PLANT./"));
  for (const url of ["https://10.2.0.1/", "https://192.168.7.8/", "https://[fd13::1]/", "https://127.0.0.1/", "http://10.1.0.1/"]) {
    t.throws(() => own.check(url), { instanceOf: OutgoingRefused }, url);
  }
  t.is(own.refusalOfAddress("10.9.9.9", "historian.plant"), undefined);
  t.not(own.refusalOfAddress("10.9.9.9", "x.historian.plant"), undefined);
  t.throws(() => new OutgoingUrl({ schemes: ["https"], allow: ["10.0.0.0/99"] }), { code: "EDGE_SETTINGS" });
  t.throws(() => new OutgoingUrl({ schemes: ["https"], allow: ["a b"] }), { code: "EDGE_SETTINGS" });
});

test("no way to write an address of a private network gets through", (t) => {
  const octets = fc.oneof(
    fc.tuple(fc.constant(10), fc.nat(255), fc.nat(255), fc.nat(255)),
    fc.tuple(fc.constant(127), fc.nat(255), fc.nat(255), fc.nat(255)),
    fc.tuple(fc.constant(169), fc.constant(254), fc.nat(255), fc.nat(255)),
    fc.tuple(fc.constant(192), fc.constant(168), fc.nat(255), fc.nat(255)),
    fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), fc.nat(255), fc.nat(255)),
  );
  const forms: ((a: number, b: number, c: number, d: number) => string)[] = [
    (a, b, c, d) => `${a}.${b}.${c}.${d}`,
    (a, b, c, d) => String(((a * 256 + b) * 256 + c) * 256 + d),
    (a, b, c, d) => `0x${(((a * 256 + b) * 256 + c) * 256 + d).toString(16)}`,
    (a, b, c, d) => `0${a.toString(8)}.0x${b.toString(16)}.${c * 256 + d}`,
    (a, b, c, d) => `[::ffff:${a}.${b}.${c}.${d}]`,
    (a, b, c, d) => `[64:ff9b::${a}.${b}.${c}.${d}]`,
    (a, b, c, d) => `[2002:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}::1]`,
    (a, b, c, d) => `[::ffff:0:${a}.${b}.${c}.${d}]`,
  ];
  t.notThrows(() =>
    fc.assert(
      fc.property(octets, fc.constantFrom(...forms), ([a, b, c, d], form) => {
        t.throws(() => urls.check(`http://${form(a, b, c, d)}:8080/x`), { instanceOf: OutgoingRefused });
      }),
      { numRuns: 500 },
    ),
  );
});
