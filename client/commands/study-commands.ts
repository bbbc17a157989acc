import { Command, Option } from 'commander';
import type { StudyRequest } from '../../workflows/study-workflow.ts';
import { helpText } from '../command-line/help.ts';
import { whenCalled } from '../command-line/when-called.ts';
import type { StudyOptions } from '../start/study-request.ts';

/** The commands that run, watch and change studies. */
export function studyCommands(): Command[] {
  return [
    runCommand(),
    checkCommand(),
    startCommand(),
    watchCommand(),
    statusCommand(),
    listCommand(),
    showCommand(),
    reportCommand(),
    retryCommand(),
    skipCommand(),
    pauseCommand(),
    resumeCommand(),
    cancelCommand(),
  ];
}

// --- helpers ---

const STUDY_ID = 'the id of a study (see list)';
const WITHOUT_STACK = 'If no stack is up, servers start for this command only, without workers that train.';
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
    .argument('[trial]', 'the name of a trial')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      helpText({
        notes: WITHOUT_STACK,
        examples: ['show cifar10-demo-1', 'show cifar10-demo-1 MLP', 'show cifar10-demo-1 MLP --json'],
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

function retryCommand(): Command {
  return new Command('retry')
    .description(
      'Retry what needs attention: a trial, a stage in which no trial has a score, or the final test.',
    )
    .argument('<study>', STUDY_ID)
    .argument('[name]', 'the name of the trial or stage (see status)')
    .option('--all', 'retry everything that needs attention, after the cause of all of it is fixed')
    .option('--set <setting=value...>', 'change settings and train the trial from scratch')
    .addHelpText(
      'after',
      helpText({
        notes:
          'Without --set, a trial resumes from its newest checkpoint. Settings have the names that they have in a study;\n' +
          'objects are written as JSON: activation, dropout, optimizer, schedule, learningRate, batchSize, epochs,\n' +
          'warmUp, labelSmoothing, clipNorm, horizontalFlip, validationFlip, augmentations, threads.',
        examples: [
          'retry cifar10-demo-1 MLP',
          'retry cifar10-demo-1 --all',
          'retry cifar10-demo-1 MLP --set batchSize=64 learningRate=0.001',
          `retry cifar10-demo-1 MLP --set 'optimizer={"kind":"adagrad"}'`,
        ],
        exits: REPAIR_EXITS,
      }),
    )
    .action(whenCalled(async () => (await import('./study/retry-and-skip.ts')).retry));
}

function skipCommand(): Command {
  return new Command('skip')
    .description('Skip a trial that needs attention. It has no score, so it ranks last in this study.')
    .argument('<study>', STUDY_ID)
    .argument('<trial>', 'the name of the trial (see status)')
    .addHelpText('after', helpText({ examples: ['skip cifar10-demo-1 MLP'], exits: REPAIR_EXITS }))
    .action(whenCalled(async () => (await import('./study/retry-and-skip.ts')).skip));
}

const REPAIR_EXITS = {
  0: 'the study continues',
  1: 'no stack is up, or nothing with this name needs attention',
  2: 'wrong usage, an unknown name or an invalid setting; nothing was done',
};

function pauseCommand(): Command {
  return new Command('pause')
    .description('Pause a study: its trainers stop, and nothing new starts until it is resumed.')
    .argument('<study>', STUDY_ID)
    .addHelpText(
      'after',
      helpText({
        notes:
          'Trials that train stop within seconds, and keep their newest checkpoint. A study stays paused if the stack, or the\n' +
          `machine, restarts.\n${WITHOUT_STACK}`,
        examples: ['pause cifar10-demo-1', 'resume cifar10-demo-1'],
        exits: { 0: 'the study is paused', 1: 'the study has ended, or was already paused' },
      }),
    )
    .action(whenCalled(async () => (await import('./study/pause-and-resume.ts')).pause));
}

function resumeCommand(): Command {
  return new Command('resume')
    .description('Resume a study that was paused. Its trials continue from their newest checkpoints.')
    .argument('<study>', STUDY_ID)
    .addHelpText(
      'after',
      helpText({
        examples: ['resume cifar10-demo-1'],
        exits: { 0: 'the study continues', 1: 'no stack is up, or the study was not paused or has ended' },
      }),
    )
    .action(whenCalled(async () => (await import('./study/pause-and-resume.ts')).resume));
}

function cancelCommand(): Command {
  return new Command('cancel')
    .description(
      'Cancel a study, and wait until its trainers have stopped: seconds. Results so far stay in the store.',
    )
    .argument('<study>', STUDY_ID)
    .addHelpText(
      'after',
      helpText({
        notes:
          'A cancelled study cannot be resumed. Start it again with run or start: it reuses all trials that have ended.\n' +
          WITHOUT_STACK,
        examples: ['cancel cifar10-demo-1'],
        exits: { 0: 'the study is cancelled', 1: 'the study had already ended' },
      }),
    )
    .action(whenCalled(async () => (await import('./study/cancel.ts')).cancel));
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
