import type { CliAccountFile } from "./cli-account.ts";
import type { CliOutput } from "./cli-output.ts";
import type { GatewayClient } from "./gateway-client.ts";

/** What every command of the command line works with. */
export interface CommandContext {
  readonly output: CliOutput;
  readonly stop: AbortSignal;
  readonly accounts: CliAccountFile;
  readonly data: string;
  /** With the account that was given, remembered, or left by the gateway's first start. */
  client(): Promise<GatewayClient>;
  /** With no account, or another one. */
  clientWith(token: string | undefined): Promise<GatewayClient>;
  /** Asks for a line that is not shown while it is typed. */
  askSecret(question: string): Promise<string>;
  ask(question: string): Promise<string>;
  now(): number;
  sleep(ms: number): Promise<void>;
}
