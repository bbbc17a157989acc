import { Command } from 'commander';
import { setQuiet } from '../infra/quiet.ts';
import { endWith } from './command-line/exit-codes.ts';
import { helpText } from './command-line/help.ts';
import { completionCommand } from './commands/completion-command.ts';
import { controlCommands } from './commands/control-commands.ts';
import { modelCommands } from './commands/model-commands.ts';
import { newCommand } from './commands/new-command.ts';
import { observeCommands } from './commands/observe-commands.ts';
import { stackCommands } from './commands/stack-commands.ts';
import { studyCommands } from './commands/study-commands.ts';
import { version } from './version.ts';

/** Runs the command line and sets the process's exit code. */
export async function main(argv: string[]): Promise<void> {
  try {
    const isBare = argv.length <= 2;
    await program().parseAsync(isBare ? [...argv, '--help'] : argv);
  } catch (error) {
    await endWith(error);
  }
}

// --- helpers ---

const HELP = ['-h, --help', 'print this help'] as const;
const MORE = '(see --help)';

function program(): Command {
  const command = new Command('staged-study')
    .description('Compares neural networks in stages. Each stage starts from the winner of an earlier one.')
    .version(version(), '--version', 'print the version')
    .helpOption(...HELP)
    .helpCommand('help [command]', 'Print the help of a command.')
    .addHelpText(
      'after',
      helpText({
        notes:
          'Environment variables:\n' +
          '  CIFAR10_ARCHIVE     the data set, if --dataset is not given\n' +
          '  STAGED_STUDY_STATE  the folder for the state of the stack (default: .state)\n' +
          "  TEMPORAL_ADDRESS    a Temporal server of your own; or use a profile in Temporal's configuration file\n" +
          '  S3_ENDPOINT         an object store of your own, with S3_ACCESS_KEY and S3_SECRET_KEY\n' +
          '  NO_COLOR            print without colours',
        examples: [
          'run                           # the demo: a few minutes',
          'check cifar10 --profile full  # what it would run, and how long it would take on this machine',
          'help run',
        ],
        exits: {
          0: 'success (run, watch: the study completed)',
          1: 'failure',
          3: 'trials wait to be retried or skipped',
        },
      }),
    )
    .hook('preAction', (_program, called) => setQuiet(called.opts().quiet === true))
    .exitOverride()
    .showHelpAfterError(MORE);
  for (const each of [
    ...studyCommands(),
    ...observeCommands(),
    ...controlCommands(),
    newCommand(),
    ...modelCommands(),
    ...stackCommands(),
    completionCommand(),
  ]) {
    command.addCommand(
      each
        .option('-q, --quiet', 'print only results and errors')
        .helpOption(...HELP)
        .exitOverride()
        .showHelpAfterError(MORE),
    );
  }
  return command;
}
