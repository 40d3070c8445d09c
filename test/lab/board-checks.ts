import { isJsonObject } from "../../shared/base/json.ts";
import type { VirtualBoard } from "../harness/virtual-board.ts";

/** Each check of `/health` by its name, and its state. */
export type Checks = ReadonlyMap<string, string>;

/** Asks a virtual board how it is. @returns the HTTP status, and the state of each check */
export async function checksOf(board: VirtualBoard): Promise<{ readonly status: number; readonly checks: Checks }> {
  const response = await fetch(`${board.health}/health`);
  const body: unknown = await response.json();
  const checks = new Map<string, string>();
  const list = isJsonObject(body) && Array.isArray(body["checks"]) ? body["checks"] : [];
  for (const check of list) if (isJsonObject(check)) checks.set(String(check["name"]), String(check["state"]));
  return { status: response.status, checks };
}

/** Waits until `/health` shows what fits. @throws with what it shows when the time is over */
export async function waitForChecks(board: VirtualBoard, fits: (checks: Checks) => boolean, within = 60_000): Promise<void> {
  for (const end = Date.now() + within; ; await new Promise((resolve) => setTimeout(resolve, 250))) {
    const { checks } = await checksOf(board);
    if (fits(checks)) return;
    if (Date.now() > end) throw new Error(`after ${within} ms /health shows ${JSON.stringify([...checks])}`);
  }
}
