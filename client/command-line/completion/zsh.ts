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

function optionSpec({ flag, description, value }: OptionCompletions): string {
  const text = description.replaceAll(/[[\]:\\]/g, '\\$&');
  return quote(`${flag}[${text}]${value ? `:${action(value)}` : ''}`);
}

/** A message, which is blank, and what completes the value. A blank action completes nothing. */
function action({ words, files }: Values): string {
  if (words.length === 0) return files ? ' :_files' : ' : ';
  return files ? ` :{ compadd ${words.join(' ')}; _files }` : ` :(${words.join(' ')})`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
