import type { Command } from "commander";
import { NotReached } from "./cli-errors.ts";
import { printRows } from "./cli-output.ts";
import type { CommandContext } from "./command-context.ts";
import { type DoctorCheck, examine } from "./doctor-check.ts";

const marks = { ok: "ok", warn: "look", fail: "FAIL", skip: "?" } as const;

/** `doctor` looks at everything and says what to do. It ends with an error when something does not work. */
export function addDoctorCommand(
  program: Command,
  context: () => CommandContext,
  checks: (context: CommandContext) => Promise<readonly DoctorCheck[]>,
): void {
  program
    .command("doctor")
    .description("look at configuration, ports, clock, disk, permissions, broker, store and link, and say what to do")
    .action(async () => {
      const findings = await examine(await checks(context()));
      printRows(
        context().output,
        findings,
        [
          { title: "", of: ({ state }) => marks[state] },
          { title: "PART", of: ({ part }) => part },
          { title: "FOUND", of: ({ text, remedy }) => (remedy === undefined ? text : `${text}\n→ ${remedy}`) },
        ],
        "nothing was looked at",
      );
      const failed = findings.filter(({ state }) => state === "fail").length;
      if (failed > 0) throw new NotReached(`${failed} ${failed === 1 ? "part does" : "parts do"} not work`);
    });
}
