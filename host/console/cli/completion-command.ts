import type { Command } from "commander";
import { CommandUsage } from "./cli-errors.ts";
import type { CommandContext } from "./command-context.ts";

const shells = ["bash", "zsh", "fish"] as const;

/** What may come next: commands, or the options of one. */
function wordsOf(program: Command): ReadonlyMap<string, readonly string[]> {
  const options = (command: Command): readonly string[] => command.options.flatMap(({ long }) => long ?? []);
  return new Map([
    ["", [...program.commands.map((command) => command.name()), ...options(program)]],
    ...program.commands.map((command): [string, readonly string[]] => [
      command.name(),
      [...command.commands.map((inner) => inner.name()), ...options(command)],
    ]),
  ]);
}

const scripts = {
  bash: (words: ReadonlyMap<string, readonly string[]>): string =>
    [
      "_penstock() {",
      `  local word="\${COMP_WORDS[COMP_CWORD]}" command="" i`,
      `  for ((i = 1; i < COMP_CWORD; i++)); do [[ "\${COMP_WORDS[i]}" != -* ]] && { command="\${COMP_WORDS[i]}"; break; }; done`,
      '  case "$command" in',
      ...[...words].map(([command, next]) => `    "${command}") COMPREPLY=($(compgen -W "${next.join(" ")}" -- "$word"));;`),
      "  esac",
      "}",
      "complete -o default -F _penstock penstock",
    ].join("\n"),
  zsh: (words: ReadonlyMap<string, readonly string[]>): string => `autoload -U +X bashcompinit && bashcompinit\n${scripts.bash(words)}`,
  fish: (words: ReadonlyMap<string, readonly string[]>): string =>
    [...words]
      .map(([command, next]) => {
        const when = command === "" ? "__fish_use_subcommand" : `__fish_seen_subcommand_from ${command}`;
        return `complete -c penstock -f -n "${when}" -a "${next.join(" ")}"`;
      })
      .join("\n"),
};

/** `completion` prints what a shell reads: `source <(penstock completion bash)`. */
export function addCompletionCommand(program: Command, context: () => CommandContext): void {
  program
    .command("completion")
    .description("print the completion for a shell, as in: source <(penstock completion bash)")
    .argument("<shell>", shells.join(", "))
    .action((name: string) => {
      const shell = shells.find((one) => one === name);
      if (shell === undefined) throw new CommandUsage(`there is no completion for "${name}"; expected one of ${shells.join(", ")}`);
      context().output.line(scripts[shell](wordsOf(program)));
    });
}
