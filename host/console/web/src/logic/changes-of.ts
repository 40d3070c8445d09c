import type { BucketView } from "../../../../../shared/console/api/record-api.ts";
import { sameValue } from "./same-value.ts";

/** The spans in which a value became another or its quality changed; those between tell nothing new. */
export function changesOf(buckets: readonly BucketView[]): readonly BucketView[] {
  return buckets.filter((bucket, index) => {
    const before = buckets[index - 1];
    return before === undefined || before.quality !== bucket.quality || !sameValue(before.last, bucket.last);
  });
}
