import type { CommandCompletions, OptionCompletions, Values } from './completions.ts';

/** A script for fish that completes the program's command line without starting the program. */
export function fishScript(
  program: string,
  programOptions: OptionCompletions[],
  commands: CommandCompletions[],
): string {
  const lines = [
    '-f',
    ...programOptions.map((option) => `-n __fish_use_subcommand ${optionOf(option)}`),
    ...commands.flatMap((command) => {
      const condition = `-n '__fish_seen_subcommand_from ${command.name}'`;
      return [
        `-n __fish_use_subcommand -a ${command.name} -d ${quote(command.description)}`,
        ...command.options.map((option) => `${condition} ${optionOf(option)}`),
        ...argumentsOf(command.arguments).map((values) => `${condition} ${values}`),
      ];
    }),
  ];
  return lines.map((line) => `complete -c ${program} ${line}\n`).join('');
}

// --- helpers ---

function optionOf({ flag, description, value }: OptionCompletions): string {
  const takes = value ? ` -r ${argumentsOf(value).join(' ') || '-f'}` : '';
  return `-l ${flag.replace('--', '')}${takes} -d ${quote(description)}`;
}

function argumentsOf({ words, files }: Values): string[] {
  return [...(words.length > 0 ? [`-a ${quote(words.join(' '))}`] : []), ...(files ? ['-F'] : [])];
}

function quote(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
}
