import { execFileSync } from "node:child_process";
import test from "ava";
import manifest from "../../package.json" with { type: "json" };

/** A Debian package that brings independent software which tests talk to. */
export type Peer = keyof typeof manifest.penstock.testPeers;

/** True when the peer is on this machine. */
export function hasPeer(peer: Peer): boolean {
  try {
    execFileSync("/bin/sh", ["-c", `PATH="$PATH:/usr/sbin:/sbin"; ${manifest.penstock.testPeers[peer]}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** `test` where all the peers are there; where one is missing the test is skipped, or fails when `CI` says that nothing may be skipped. */
export function peerTest(...peers: readonly Peer[]): typeof test | typeof test.skip {
  const missing = peers.filter((peer) => !hasPeer(peer));
  return missing.length === 0 || process.env["CI"] !== undefined ? test : test.skip;
}
