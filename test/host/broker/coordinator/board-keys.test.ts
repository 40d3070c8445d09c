import test from "ava";
import { BoardKey } from "../../../../firmware/connectors/uplink/board-key.ts";
import { BoardKeys, fingerprintOf, isSignedBy } from "../../../../host/broker/coordinator/board-keys.ts";

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));

test("the test vector of RFC 8032 §7.1, test 2, is sound; with one bit off it is not", (t) => {
  const key = hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  const proof = hex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  );
  t.true(isSignedBy(key, hex("72"), proof));
  t.false(isSignedBy(key, hex("73"), proof));
  t.false(isSignedBy(hex("00".repeat(32)), hex("72"), proof));
  t.false(isSignedBy(hex("00"), hex("72"), proof));
});

test("a fingerprint is the SHA-256 of the 32 bytes", (t) => {
  t.is(fingerprintOf(new Uint8Array()), "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});

test("the kept key is the board; another one is not; the first is kept where none is; a stranger is unknown", (t) => {
  const [right, wrong] = [BoardKey.generate(), BoardKey.generate()];
  const signed = new TextEncoder().encode("challenge");
  const first: string[] = [];
  const refused: string[] = [];
  const keys = new BoardKeys({
    pinned: (board) => (board === "new" ? "any" : board === "stranger" ? undefined : fingerprintOf(right.publicKey)),
    first: (board, fingerprint) => void first.push(`${board} ${fingerprint}`),
    refused: (board, _fingerprint, why) => void refused.push(`${board} ${why}`),
  });
  const check = (board: string, key: BoardKey) => keys.check(board, key.publicKey, signed, key.sign(signed));
  t.true(check("b", right));
  t.false(check("b", wrong));
  t.false(keys.check("b", right.publicKey, signed, wrong.sign(signed)));
  t.true(check("new", wrong));
  t.is(check("stranger", right), "unknown");
  t.deepEqual(first, [`new ${fingerprintOf(wrong.publicKey)}`]);
  t.deepEqual(refused, ["b key", "b signature"]);
});
