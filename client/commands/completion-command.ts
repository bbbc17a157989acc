import { Argument, Command } from 'commander';
import { bashScript } from '../command-line/completion/bash.ts';
import { completionsOf, optionsOf } from '../command-line/completion/completions.ts';
import { fishScript } from '../command-line/completion/fish.ts';
import { zshScript } from '../command-line/completion/zsh.ts';
import { helpText } from '../command-line/help.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };
type Shell = keyof typeof SCRIPTS;

/** The command that prints a script with which a shell completes commands, options and their values. */
export function completionCommand(): Command {
  return new Command('completion')
    .description('Print a script that lets your shell complete commands, options and ids of studies.')
    .addArgument(new Argument('<shell>', 'your shell').choices(Object.keys(SCRIPTS)))
    .addHelpText(
      'after',
      helpText({
        notes:
          'Load the script when the shell starts; in zsh, after compinit. It completes the command staged-study: if that is\n' +
          "not on your PATH, first define an alias: alias staged-study='npx staged-study'\n" +
          'The ids are those that run, start and list have last found.',
        examples: [
          'completion bash >> ~/.bashrc',
          'completion zsh >> ~/.zshrc',
          'completion fish > ~/.config/fish/completions/staged-study.fish',
        ],
        exits: { 0: 'the script is printed', 1: 'failure' },
      }),
    )
    .action((shell: Shell, _options, { parent }: Command) => {
      const program = parent as Command;
      process.stdout.write(SCRIPTS[shell](program.name(), optionsOf(program), completionsOf(program)));
    });
}
