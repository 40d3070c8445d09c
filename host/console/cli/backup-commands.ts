import { createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
import { CommandUsage } from "./cli-errors.ts";
import type { CommandContext } from "./command-context.ts";

/** What a sound backup holds. */
export interface BackupFacts {
  readonly entries: number;
  readonly bytes: number;
  readonly createdAt: number;
}

/** Works on backups and stopped stores. */
export interface BackupTools {
  /** Reads the whole file. @throws {BackupInvalid} */
  verify(file: string): Promise<BackupFacts>;
  /** Puts a verified backup in the place of the store below `data`; the gateway must be stopped. */
  restore(file: string, data: string, replace: boolean): Promise<BackupFacts>;
}

/** `backup` and `restore`. */
export function addBackupCommands(program: Command, context: () => CommandContext, tools: BackupTools): void {
  program
    .command("backup")
    .description("write everything that the gateway keeps to a file, while it runs, and verify the file")
    .argument("<file>", "must not be there yet")
    .action(async (file: string) => {
      const { client, output, stop } = context();
      if ((await stat(file).catch(() => undefined)) !== undefined) throw new CommandUsage(`${file} is there already; give another name`);
      const answer = await (await client()).open("/api/v1/backup");
      if (answer.body === null) throw new CommandUsage("the gateway sent nothing");
      const part = `${file}.part`;
      try {
        await pipeline(Readable.fromWeb(answer.body), createWriteStream(part, { mode: 0o600, flush: true }), { signal: stop });
        const facts = await tools.verify(part);
        await rename(part, file);
        if (output.json) output.line(JSON.stringify({ file, ...facts }, null, 2));
        else output.line(`${file}: ${facts.entries} entries, ${facts.bytes} bytes, verified`);
      } finally {
        await rm(part, { force: true });
      }
    });

  program
    .command("restore")
    .description("put a backup in place of the store of a stopped gateway; it is verified first")
    .argument("<file>", "made by penstock backup")
    .option("--replace", "move the store that is there aside")
    .action(async (file: string, { replace = false }: { replace?: boolean }) => {
      const { output, data } = context();
      const facts = await tools.restore(file, data, replace);
      if (output.json) output.line(JSON.stringify({ data, ...facts }, null, 2));
      else output.line(`${facts.entries} entries restored to ${data}; start the gateway with --data ${data}`);
    });
}
