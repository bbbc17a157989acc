import { IDS_FILE } from '../known-ids.ts';
import type { CommandCompletions, OptionCompletions, Values } from './completions.ts';

/** A script for bash 4 or newer that completes the program's command line without starting the program. */
export function bashScript(
  program: string,
  programOptions: OptionCompletions[],
  commands: CommandCompletions[],
): string {
  const name = `_${program.replaceAll('-', '_')}`;
  const valued = commands.flatMap((command) =>
    command.options.flatMap(({ flag, value }) =>
      value ? [`    '${command.name} ${flag}') ${assign(value)} ;;`] : [],
    ),
  );
  const byCommand = [
    {
      name: '',
      options: programOptions,
      arguments: { words: commands.map((command) => command.name), ids: false, files: false },
    },
    ...commands,
  ].map(
    (command) =>
      `      '${command.name}') if [[ $current == -* ]]; then words='${flags(command.options)}'; else ${assign(command.arguments)}; fi ;;`,
  );
  return `${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command= words= ids= files= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ \${COMP_WORDS[i]} != -* ]]; then command=\${COMP_WORDS[i]}; break; fi
  done
  case "$command $previous" in
${valued.join('\n')}
    *) case "$command" in
${byCommand.join('\n')}
    esac ;;
  esac
  if [[ $ids ]]; then
    words+=" $(cat "\${STAGED_STUDY_CACHE:-\${XDG_CACHE_HOME:-$HOME/.cache}/staged-study}/${IDS_FILE}" 2> /dev/null)"
  fi
  local IFS=$' \\t\\n'
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [[ $files ]]; then
    compopt -o filenames
    IFS=$'\\n'
    COMPREPLY+=($(compgen -f -- "$current"))
  fi
}
complete -F ${name} ${program}
`;
}

// --- helpers ---

function assign({ words, ids, files }: Values): string {
  return `words='${words.join(' ')}'${ids ? ' ids=yes' : ''}${files ? ' files=yes' : ''}`;
}

function flags(options: OptionCompletions[]): string {
  return options.map(({ flag }) => flag).join(' ');
}
