import { Command, Option } from 'commander';
import type { StudyRequest } from '../../workflows/study-workflow.ts';
import { helpText } from '../command-line/help.ts';
import { whenCalled } from '../command-line/when-called.ts';
import type { StudyOptions } from '../start/study-request.ts';

/** The commands that take a study and run or check it. */
export function studyCommands(): Command[] {
  return [runCommand(), checkCommand(), startCommand()];
}

// --- helpers ---

const STUDY_SOURCE = 'cifar10, or a study of your own as a .ts, .js or .json file';

function runCommand(): Command {
  return takesStudy(new Command('run'))
    .description('Run a study and watch it.')
    .addHelpText(
      'after',
      helpText({
        notes:
          'Uses the stack if it is up. Otherwise starts it, and stops it when the command ends; in a terminal, the stack then\n' +
          'stays up until Ctrl-C so that you can look at the Temporal UI. The same command again resumes an unfinished study.\n' +
          'Trials with a result in the store are not trained again, unless you add --retrain.\n' +
          '--budget in hours or minutes: what trains when they are over is stopped, and what has ended is ranked. In epochs, of all\n' +
          'evaluations of a search together, before the profile divides them: what would exceed them is not begun.\n' +
          'If no archive can be downloaded, the demo profile of cifar10 trains on generated images and says so.\n' +
          'STAGED_STUDY_HEARTBEAT_SECONDS is how long a worker of the study may be silent until its trials continue elsewhere:\n' +
          'default 60.\n' +
          'How to write a study: docs/study.md.',
        examples: [
          'run',
          'run cifar10 --profile full --dataset cifar-10-binary.tar.gz',
          'run my-study.ts --profile small --id first-try',
          'run my-study.ts --budget 6h',
          'run --new  # start another study, even if the last one is unfinished',
          'run --retrain  # train again what the store has, and compare the results to the bit',
        ],
        exits: {
          0: 'the study completed',
          1: 'the study failed or was cancelled',
          3: 'trials wait to be retried or skipped, and the output is not a terminal',
          130: 'interrupted by Ctrl-C before the study ended',
        },
      }),
    )
    .action(whenChecked(async () => (await import('./study/run.ts')).run));
}

function checkCommand(): Command {
  const command = new Command('check')
    .description(
      'Check a study and show what it would run: stages, candidates, images, time. Starts nothing.',
    )
    .argument('[study|file]', STUDY_SOURCE, 'cifar10')
    .option('--profile <name>', 'only this profile (default: all profiles)')
    .option('--dataset <folder|file|url>', 'the data (default: what the study says)');
  return takesWeights(command)
    .option('--json', 'print the study as JSON, with all defaults filled in')
    .addHelpText(
      'after',
      helpText({
        notes:
          'Measures a training step of every network on this machine. This takes a while for large networks. If a stack is\n' +
          'up, also says how many results of the study its store has already.\n' +
          'How to write a study: docs/study.md.',
        examples: ['check', 'check my-study.ts --profile small', 'check my-study.ts --json > my-study.json'],
        exits: {
          0: 'the study is valid',
          1: 'the time could not be measured',
          2: 'wrong usage, or the study is not valid',
        },
      }),
    )
    .action(whenCalled(async () => (await import('./study/check.ts')).check));
}

function startCommand(): Command {
  return takesStudy(new Command('start'))
    .description('Start a study on the running stack (see up) and return.')
    .addHelpText(
      'after',
      helpText({
        notes: 'If the same study is already running, prints its id and starts nothing.',
        examples: ['start cifar10 --profile full', 'start my-study.json --profile small --new'],
        exits: { 0: 'the study is running', 1: 'no stack is up, or the study could not be started' },
      }),
    )
    .action(whenChecked(async () => (await import('./study/start.ts')).start));
}

/** The action of a command that takes a study. Its code is loaded once the study and the options are found to be right. */
function whenChecked(load: () => Promise<(request: StudyRequest, options: StudyOptions) => Promise<void>>) {
  return whenCalled(async () => {
    const { studyRequest } = await import('../start/study-request.ts');
    return async (name: string, options: StudyOptions) => {
      const request = await studyRequest(name, options);
      const action = await load();
      await action(request, options);
    };
  });
}

/** Adds the argument and options that describe a study to start. */
function takesStudy(command: Command): Command {
  command
    .argument('[study|file]', STUDY_SOURCE, 'cifar10')
    .option(
      '--profile <name>',
      "how large (default: the study's first profile); cifar10 has demo, hour, evening and full",
    )
    .option(
      '--dataset <folder|file|url>',
      'what it trains on (default: what the study says; of a study about CIFAR-10 CIFAR10_ARCHIVE, otherwise the official URL)',
    );
  return takesWeights(command)
    .option('--budget <6h|90min|500epochs>', 'when each search ends although evaluations are left')
    .option('--id <id>', 'the id of the study to start or resume')
    .option(
      '--new',
      'start another study, even if the same study is unfinished; it reuses the results in the store',
    )
    .option(
      '--retrain',
      'train trials again that have a result in the store, and compare the two to the bit',
    );
}

/** Adds the options that say what pretrained networks start from. */
function takesWeights(command: Command): Command {
  return command
    .option(
      '--weights <file|url>',
      "what pretrained networks start from: safetensors or PyTorch's torch.save (default: torchvision's ImageNet weights)",
    )
    .addOption(
      new Option('--from-scratch', 'train pretrained networks from scratch instead').conflicts('weights'),
    );
}
