import type { PointValue, Quality, Sample } from "../../../shared/acquisition/sample.ts";
import { instant } from "../../../shared/base/units.ts";

/** A sample of `<thing>/<feature>` that was measured at `at`. */
export function sampleOf(key: `${string}/${string}`, value: PointValue | null, at = 1000, quality: Quality = "good"): Sample {
  const cut = key.indexOf("/");
  return { thing: key.slice(0, cut), feature: key.slice(cut + 1), value, quality, source: instant(at), received: instant(at + 1) };
}
