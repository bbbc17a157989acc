import { IDS_FILE } from '../known-ids.ts';
import type { CommandCompletions, OptionCompletions, Values } from './completions.ts';

/** A script for zsh that completes the program's command line without starting the program. */
export function zshScript(
  program: string,
  programOptions: OptionCompletions[],
  commands: CommandCompletions[],
): string {
  const name = `_${program.replaceAll('-', '_')}`;
  const cases = commands.map((command) => {
    const specs = [...command.options.map(optionSpec), quote(`*:${action(command.arguments)}`)];
    return `    ${command.name}) _arguments ${specs.join(' ')} ;;`;
  });
  const names = commands.map((command) => quote(`${command.name}:${command.description}`));
  return `#compdef ${program}
${IDS}() {
  compadd -- \${(f)"$(cat "\${STAGED_STUDY_CACHE:-\${XDG_CACHE_HOME:-$HOME/.cache}/staged-study}/${IDS_FILE}" 2> /dev/null)"}
}
${name}() {
  if (( CURRENT == 2 )); then
    local -a commands=(${names.join(' ')})
    _describe command commands
    _arguments ${programOptions.map(optionSpec).join(' ')}
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${cases.join('\n')}
  esac
}
compdef ${name} ${program}
`;
}

// --- helpers ---

/** The function that completes ids of studies. */
const IDS = '_staged_study_ids';

function optionSpec({ flag, description, value }: OptionCompletions): string {
  const text = description.replaceAll(/[[\]:\\]/g, '\\$&');
  return quote(`${flag}[${text}]${value ? `:${action(value)}` : ''}`);
}

/** A message, which is blank, and what completes the value. A blank action completes nothing. */
function action({ words, ids, files }: Values): string {
  const parts = [
    ...(words.length > 0 ? [`compadd ${words.join(' ')}`] : []),
    ...(ids ? [IDS] : []),
    ...(files ? ['_files'] : []),
  ];
  return parts.length === 0 ? ' : ' : ` :{ ${parts.join('; ')} }`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
