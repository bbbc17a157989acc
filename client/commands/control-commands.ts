import { Command } from 'commander';
import { helpText } from '../command-line/help.ts';
import { whenCalled } from '../command-line/when-called.ts';
import { STUDY_ID, TRIAL, WITHOUT_STACK } from './help-texts.ts';

/** The commands that change studies that run. */
export function controlCommands(): Command[] {
  return [retryCommand(), skipCommand(), pauseCommand(), resumeCommand(), cancelCommand()];
}

// --- helpers ---

function retryCommand(): Command {
  return new Command('retry')
    .description(
      'Retry what needs attention: a trial, a stage in which no trial has a score, or the final test. Or go on with a trial that a search has stopped early.',
    )
    .argument('<study>', STUDY_ID)
    .argument(
      '[name]',
      'the name of the trial or stage (see status); STAGE/TRIAL if several stages have such a trial',
    )
    .option('--all', 'retry everything that needs attention, after the cause of all of it is fixed')
    .option('--set <setting=value...>', 'change settings and train the trial from scratch')
    .addHelpText(
      'after',
      helpText({
        notes:
          'Without --set, a trial resumes from its newest checkpoint. One that was stopped early is trained to its end and\n' +
          'ranked with the others, as long as its stage runs. Settings have the names that they have in a study;\n' +
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
    .argument('<trial>', `${TRIAL} (see status)`)
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
