import { BlockList, isIP } from "node:net";
import test from "ava";
import fc from "fast-check";
import { addressBytes, inNetwork, parseNetwork } from "../../../../shared/connectors/modbus-server/network.ts";

test("a text is an address exactly when Node says so", (t) => {
  const odd = fc.constantFrom(
    "",
    "::",
    "1::",
    "::1",
    "1::2::3",
    ":1",
    "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7::",
    "::ffff:1.2.3.4",
    "1.2.3",
    "1.2.3.256",
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), odd, fc.string()), (text) => {
        // Node takes no leading zeros in IPv4, and zones: neither matters here.
        return /[%]|(^|[.:])0\d/.test(text) || (addressBytes(text) !== undefined) === (isIP(text) !== 0);
      }),
      { numRuns: 500 },
    ),
  );
});

test("an address lies in a network exactly when Node says so", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 }), (base, address, prefix) => {
        const list = new BlockList();
        list.addSubnet(base, prefix, "ipv4");
        const network = parseNetwork(`${base}/${prefix}`);
        return network !== undefined && inNetwork(network, addressBytes(address) ?? []) === list.check(address, "ipv4");
      }),
      { numRuns: 300 },
    ),
  );
});

test("an IPv4 client is the same when IPv6 brings it", (t) => {
  const network = parseNetwork("192.168.1.0/24");
  t.true(network !== undefined && inNetwork(network, addressBytes("::ffff:192.168.1.7") ?? []));
  t.false(network !== undefined && inNetwork(network, addressBytes("::1") ?? []));
  t.is(parseNetwork("192.168.1.0/24/1"), undefined);
  t.is(parseNetwork("192.168.1.0/"), undefined);
});
