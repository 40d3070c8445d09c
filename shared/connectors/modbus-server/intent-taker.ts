import type { PointValue } from "../../acquisition/sample.ts";

/** Whether a desired value was taken. What the device makes of it shows in what the point reports. */
export type IntentAnswer =
  | { readonly accepted: true }
  | {
      readonly accepted: false;
      /** `refused`: it will never pass, as it is · `failed`: the board could not keep it. */
      readonly state: "refused" | "failed";
      /** The code of the error. */
      readonly code?: string;
      readonly reason?: string;
    };

/** Takes desired values of points on behalf of a client. */
export interface IntentTaker {
  /** Resolves when the desired value is on disk, and is then pursued; or with why it is not. @param who for the audit log */
  accept(thing: string, feature: string, value: PointValue, who: string): Promise<IntentAnswer>;
}
