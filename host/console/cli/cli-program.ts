import { Command, CommanderError } from "commander";
import { EdgeError } from "../../../shared/base/edge-error.ts";
import { addAccountCommands, addWhoami } from "./account-commands.ts";
import { addBackupCommands, type BackupTools } from "./backup-commands.ts";
import { addBoardCommands, addOperationCommands } from "./board-commands.ts";
import { type CliAccountFile, defaultUrl, firstStartToken } from "./cli-account.ts";
import type { CommandContext } from "./command-context.ts";
import { addCompletionCommand } from "./completion-command.ts";
import type { DoctorCheck } from "./doctor-check.ts";
import { addDoctorCommand } from "./doctor-command.ts";
import { GatewayClient } from "./gateway-client.ts";
import { addRecordCommands } from "./record-commands.ts";
import { addThingCommands } from "./thing-commands.ts";

export interface CliParts {
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly accounts: CliAccountFile;
  readonly backups: BackupTools;
  readonly checks: (context: CommandContext, options: { readonly config: string | undefined }) => Promise<readonly DoctorCheck[]>;
  readonly stop: AbortSignal;
  readonly fetch: typeof fetch;
  readonly write: (text: string) => void;
  readonly note: (text: string) => void;
  readonly askSecret: (question: string) => Promise<string>;
  readonly ask: (question: string) => Promise<string>;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

interface GlobalOptions {
  readonly url?: string;
  readonly token?: string;
  readonly data?: string;
  readonly config?: string;
  readonly json?: boolean;
}

/** The command line `penstock`, without the process around it. */
function buildProgram(parts: CliParts): Command {
  const { env, write, note } = parts;
  const program = new Command("penstock")
    .description("The command line of a Penstock gateway.")
    .version(parts.version)
    .option("--url <address>", `address of the gateway (PENSTOCK_URL; default: where login was, or ${defaultUrl})`)
    .option("--token <key>", "API key (PENSTOCK_TOKEN; default: the one that login made, or the first-start token in the data directory)")
    .option("--data <directory>", "data directory of a gateway on this machine (PENSTOCK_DATA; default ./data)")
    .option("--config <file>", "configuration of its board, for doctor")
    .option("--json", "print JSON, for scripts")
    .showHelpAfterError("(penstock --help lists all commands)")
    .exitOverride()
    .configureOutput({ writeOut: (text) => write(text.trimEnd()), writeErr: (text) => note(text.trimEnd()) });
  const options = (): GlobalOptions => program.opts();
  const context = (): CommandContext => {
    const { json = false, data = env["PENSTOCK_DATA"] ?? "./data" } = options();
    const address = async (): Promise<string> => options().url ?? env["PENSTOCK_URL"] ?? (await parts.accounts.read())?.url ?? defaultUrl;
    const clientWith = async (token: string | undefined): Promise<GatewayClient> =>
      new GatewayClient({ url: await address(), token, stop: parts.stop, fetch: parts.fetch });
    return {
      output: { json, line: write, note },
      stop: parts.stop,
      accounts: parts.accounts,
      data,
      clientWith,
      client: async () =>
        clientWith(options().token ?? env["PENSTOCK_TOKEN"] ?? (await parts.accounts.read())?.token ?? (await firstStartToken(data))),
      askSecret: parts.askSecret,
      ask: parts.ask,
      now: parts.now,
      sleep: parts.sleep,
    };
  };
  addAccountCommands(program, context);
  addWhoami(program, context);
  addThingCommands(program, context);
  addBoardCommands(program, context);
  addOperationCommands(program, context);
  addRecordCommands(program, context);
  addBackupCommands(program, context, parts.backups);
  addDoctorCommand(program, context, (of) => parts.checks(of, { config: options().config }));
  addCompletionCommand(program, context);
  for (const command of program.commands) command.exitOverride().copyInheritedSettings(program);
  return program;
}

/** Runs one command. @returns the exit code: 0 done, 1 refused or failed, 2 used wrongly, 130 stopped */
export async function runCommand(argv: readonly string[], parts: CliParts): Promise<number> {
  try {
    await buildProgram(parts).parseAsync(argv, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (parts.stop.aborted) return 130;
    parts.note(`penstock: ${error instanceof EdgeError || !(error instanceof Error) ? messageOf(error) : (error.stack ?? error.message)}`);
    return error instanceof EdgeError && error.code === "EDGE_CLI_USAGE" ? 2 : 1;
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
