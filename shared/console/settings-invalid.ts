import { EdgeError } from "../base/edge-error.ts";

/** A start-up setting, given as a flag or in the environment, is not what it should be. */
export class SettingsInvalid extends EdgeError {
  readonly code = "EDGE_SETTINGS";
  /** The flag or environment variable. */
  readonly setting: string;

  /** @param what is wrong, the value included · @param expected what would be right */
  constructor(setting: string, what: string, expected: string) {
    super(`${setting}: ${what}; expected ${expected}`);
    this.setting = setting;
  }
}
