import { EdgeError } from "../../shared/base/edge-error.ts";

/** The watchdog device cannot be opened or fed: nobody resets the board when it hangs. */
export class WatchdogUnavailable extends EdgeError {
  readonly code = "EDGE_WATCHDOG_DEVICE";
  readonly device: string;

  constructor(device: string, why: string, options?: ErrorOptions) {
    super(`watchdog ${device} cannot be used: ${why}`, options);
    this.device = device;
  }
}

/** systemd cannot be told how the board is, though it asks. */
export class NotifyFailed extends EdgeError {
  readonly code = "EDGE_SYSTEMD_NOTIFY";

  constructor(why: string, options?: ErrorOptions) {
    super(`systemd cannot be told how the board is: ${why}`, options);
  }
}
