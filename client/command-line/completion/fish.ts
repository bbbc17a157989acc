import { IDS_FILE } from '../known-ids.ts';
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
  return `function ${IDS}
  set -l folder $STAGED_STUDY_CACHE
  test -n "$folder"; or set folder $XDG_CACHE_HOME/staged-study
  test -n "$STAGED_STUDY_CACHE$XDG_CACHE_HOME"; or set folder $HOME/.cache/staged-study
  cat $folder/${IDS_FILE} 2> /dev/null
end
${lines.map((line) => `complete -c ${program} ${line}\n`).join('')}`;
}

// --- helpers ---

/** The function that prints ids of studies. */
const IDS = '__staged_study_ids';

function optionOf({ flag, description, value }: OptionCompletions): string {
  const takes = value ? ` -r ${argumentsOf(value).join(' ') || '-f'}` : '';
  return `-l ${flag.replace('--', '')}${takes} -d ${quote(description)}`;
}

function argumentsOf({ words, ids, files }: Values): string[] {
  const all = [...words, ...(ids ? [`(${IDS})`] : [])];
  return [...(all.length > 0 ? [`-a ${quote(all.join(' '))}`] : []), ...(files ? ['-F'] : [])];
}

function quote(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
}
