import { Command } from 'commander';
import { endWith } from './command-line/exit-codes.ts';
import { helpText } from './command-line/help.ts';
import { exportModelCommand } from './commands/model/export-model.ts';
import { predictCommand } from './commands/model/predict.ts';
import { doctorCommand } from './commands/stack/doctor.ts';
import { downCommand } from './commands/stack/down.ts';
import { setupCommand } from './commands/stack/setup.ts';
import { upCommand } from './commands/stack/up.ts';
import { workerCommand } from './commands/stack/worker.ts';
import { cancelCommand } from './commands/study/cancel.ts';
import { checkCommand } from './commands/study/check.ts';
import { listCommand } from './commands/study/list.ts';
import { retryCommand, skipCommand } from './commands/study/repair.ts';
import { reportCommand } from './commands/study/report.ts';
import { runCommand, startCommand } from './commands/study/run.ts';
import { showCommand } from './commands/study/show.ts';
import { statusCommand } from './commands/study/status.ts';
import { watchCommand } from './commands/study/watch.ts';

/** The command line. Sets the process's exit code. */
export async function main(argv: string[]): Promise<void> {
  try {
    await program().parseAsync(argv);
  } catch (error) {
    endWith(error);
  }
}

// --- helpers ---

function program(): Command {
  const command = new Command('staged-study')
    .description('Compares neural networks in stages, each starting from the winner of the one before.')
    .addHelpText(
      'after',
      helpText({
        notes:
          "Servers and folders are taken from the environment: TEMPORAL_ADDRESS or a profile of Temporal's configuration,\n" +
          'S3_ENDPOINT, S3_ACCESS_KEY and S3_SECRET_KEY for servers of your own; STAGED_STUDY_STATE for the state of the\n' +
          'stack that is brought up otherwise (.state); CIFAR10_ARCHIVE for the data.',
        examples: [
          'run                            # the demo: a few minutes',
          'check cifar10 --profile quick  # what it would run, and how long that takes here',
          'help run',
        ],
        exits: {
          0: 'done (run, watch: the study completed)',
          1: 'failed',
          3: 'trials wait to be retried or skipped (run, watch: and nobody is at a terminal)',
        },
      }),
    )
    .exitOverride()
    .showHelpAfterError('(--help tells more)');
  const commands = [
    runCommand(),
    checkCommand(),
    startCommand(),
    watchCommand(),
    statusCommand(),
    listCommand(),
    showCommand(),
    reportCommand(),
    predictCommand(),
    exportModelCommand(),
    retryCommand(),
    skipCommand(),
    cancelCommand(),
    upCommand(),
    downCommand(),
    workerCommand(),
    doctorCommand(),
    setupCommand(),
  ];
  for (const each of commands)
    command.addCommand(each.exitOverride().showHelpAfterError('(--help tells more)'));
  return command;
}
