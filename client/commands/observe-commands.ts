import { Command } from 'commander';
import { helpText } from '../command-line/help.ts';
import { whenCalled } from '../command-line/when-called.ts';
import { STUDY_ID, TRIAL, WITHOUT_STACK } from './help-texts.ts';

/** The commands that look at studies. */
export function observeCommands(): Command[] {
  return [watchCommand(), statusCommand(), listCommand(), showCommand(), reportCommand()];
}

// --- helpers ---

function watchCommand(): Command {
  return new Command('watch')
    .description('Watch a study until it ends. Ctrl-C stops watching; the study continues.')
    .argument('<study>', STUDY_ID)
    .addHelpText(
      'after',
      helpText({
        notes:
          'An unfinished study needs a stack that is up; without one, its state is printed. Of a study that has ended, the\n' +
          'outcome is printed.\n' +
          WITHOUT_STACK,
        examples: ['watch cifar10-demo-1'],
        exits: {
          0: 'the study completed',
          1: 'the study failed or was cancelled, or is unfinished and no stack is up',
          3: 'trials wait to be retried or skipped, and the output is not a terminal',
        },
      }),
    )
    .action(whenCalled(async () => (await import('./study/watch.ts')).watch));
}

function statusCommand(): Command {
  return new Command('status')
    .description('Show the progress of a study in a few lines.')
    .argument('<study>', STUDY_ID)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      helpText({
        notes: WITHOUT_STACK,
        examples: ['status cifar10-demo-1', 'status cifar10-demo-1 --json'],
        exits: {
          0: 'the study is running or has completed',
          1: 'the study failed or was cancelled',
          3: 'trials wait to be retried or skipped',
        },
      }),
    )
    .action(whenCalled(async () => (await import('./study/status.ts')).status));
}

function listCommand(): Command {
  return new Command('list')
    .description('List all studies, newest first, with their winners and test accuracies.')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      helpText({
        notes: WITHOUT_STACK,
        examples: ['list', 'list --json'],
        exits: { 0: 'success', 1: 'failure' },
      }),
    )
    .action(whenCalled(async () => (await import('./study/list.ts')).list));
}

function showCommand(): Command {
  return new Command('show')
    .description('Show the stages and leaderboards of a study, or the configuration and epochs of one trial.')
    .argument('<study>', STUDY_ID)
    .argument('[trial]', TRIAL)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      helpText({
        notes: WITHOUT_STACK,
        examples: ['show cifar10-demo-1', 'show cifar10-demo-1 MLP', 'show cifar10-demo-1 dense/MLP --json'],
        exits: { 0: 'success', 1: 'failure' },
      }),
    )
    .action(whenCalled(async () => (await import('./study/show.ts')).show));
}

function reportCommand(): Command {
  return new Command('report')
    .description('Write the report of a completed study: a web page, its record as JSON, its epochs as CSV.')
    .argument('<study|record-file>', `${STUDY_ID}, or a record.json that an earlier report wrote`)
    .option('--out <folder>', "where to write it (default: a folder with the study's id)")
    .addHelpText(
      'after',
      helpText({
        notes:
          `Overwrites files of the same name in that folder.\n${WITHOUT_STACK}\n` +
          'A record file needs no servers: the page is made from it alone.',
        examples: ['report cifar10-demo-1 --out report', 'report report/record.json --out newer-page'],
        exits: {
          0: 'the report is written',
          1: 'the study has not completed, or writing failed',
          2: 'wrong usage, or a file that holds no record',
        },
      }),
    )
    .action(whenCalled(async () => (await import('./study/report.ts')).report));
}
