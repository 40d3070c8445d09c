import test from "ava";
import { SmallVolume } from "./small-volume.ts";

/** True where this process may mount a volume. */
function mayMount(): boolean {
  try {
    new SmallVolume(1 << 20)[Symbol.dispose]();
    return true;
  } catch {
    return false;
  }
}

/** `test` where a volume can be mounted; elsewhere the test is skipped, or fails when `CI` says that nothing may be skipped. */
export function volumeTest(): typeof test | typeof test.skip {
  return process.env["CI"] !== undefined || mayMount() ? test : test.skip;
}
