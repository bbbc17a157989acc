import { Command, CommanderError } from 'commander';
import { cancelCommand } from './commands/cancel.ts';
import { checkCommand } from './commands/check.ts';
import { doctorCommand } from './commands/doctor.ts';
import { downCommand } from './commands/down.ts';
import { exportModelCommand } from './commands/export-model.ts';
import { listCommand } from './commands/list.ts';
import { predictCommand } from './commands/predict.ts';
import { retryCommand, skipCommand } from './commands/repair.ts';
import { reportCommand } from './commands/report.ts';
import { runCommand, startCommand } from './commands/run.ts';
import { setupCommand } from './commands/setup.ts';
import { showCommand } from './commands/show.ts';
import { statusCommand } from './commands/status.ts';
import { upCommand } from './commands/up.ts';
import { watchCommand } from './commands/watch.ts';
import { workerCommand } from './commands/worker.ts';
import { EXIT, explainExit, isExpected } from './exit-codes.ts';

/** The command line. Sets the process's exit code; an expected error is one message, any other a stack trace. */
export async function main(argv: string[]): Promise<void> {
  try {
    await program().parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? EXIT.success : EXIT.usage;
      return;
    }
    console.error(isExpected(error) ? error.message : error);
    process.exitCode = EXIT.failure;
  }
}

// --- helpers ---

function program(): Command {
  const command = new Command('staged-study')
    .description('Compares neural networks in stages, each starting from the winner of the one before.')
    .addHelpText('after', `\n${explainExit()}`)
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
