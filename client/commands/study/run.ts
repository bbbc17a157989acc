import { Command } from 'commander';
import { listStudies } from '../../../storage/studies.ts';
import type { StudyRequest } from '../../../workflows/study-workflow.ts';
import { helpText } from '../../command-line/help.ts';
import { InterruptedError, interruption } from '../../command-line/interruption.ts';
import { type Session, withSession } from '../../servers/session.ts';
import { printEstimate } from '../../start/estimate.ts';
import { startOrResume } from '../../start/start-study.ts';
import { type StudyOptions, studyRequest, takesStudy } from '../../start/study-options.ts';
import { printOutcome } from '../../terminal/outcome.ts';
import { watchStudy } from '../../terminal/watch-study.ts';

export function runCommand(): Command {
  return takesStudy(new Command('run'))
    .description('Run a study and watch it, on a stack that is up or one brought up for it.')
    .addHelpText(
      'after',
      helpText({
        notes:
          'The same command again goes on with the unfinished study. Ctrl-C stops what this command started; in a terminal\n' +
          'the stack stays up after the study until then, so that the Temporal UI can be looked at. Where no archive can be\n' +
          'had, the profile demo of cifar10 trains on generated images, and says so. How to write a study: docs/study.md.',
        examples: [
          'run',
          'run cifar10 --profile quick --dataset cifar-10-binary.tar.gz',
          'run my-study.ts --profile small --id first-try',
          'run --new  # once more, although one like it is unfinished',
        ],
        exits: {
          0: 'the study completed',
          1: 'it failed or was cancelled',
          3: 'trials wait to be retried or skipped, and nobody is at a terminal',
          130: 'ended by Ctrl-C before the study did',
        },
      }),
    )
    .action(run);
}

export function startCommand(): Command {
  return takesStudy(new Command('start'))
    .description('Start a study on a stack that is up (see up), and leave it to the workers.')
    .addHelpText(
      'after',
      helpText({
        notes: 'Where one that is alike is under way, it is named and no other is started.',
        examples: ['start cifar10 --profile report', 'start my-study.json --profile small --new'],
        exits: { 0: 'the study has started, or is under way already', 1: 'no stack is up, or it failed' },
      }),
    )
    .action(start);
}

// --- helpers ---

async function run(name: string, options: StudyOptions): Promise<void> {
  const request = await studyRequest(name, options);
  try {
    await withSession({}, (session) => runAndWatch(session, request, options));
  } catch (error) {
    if (error instanceof InterruptedError)
      console.error('Stopped. The same command again goes on with the study.');
    throw error;
  }
}

async function runAndWatch(session: Session, request: StudyRequest, options: StudyOptions): Promise<void> {
  // Not before the stack is up: until then Ctrl-C ends this process at once, and a stack that nobody waits for stops.
  const signal = interruption();
  const { studyId, resumed } = await startOrResume(session.client, request, {
    ...options,
    stored: await listStudies(session.store),
    beforeStart: async () => {
      // In a deployment others train, and not on this machine.
      if (session.stack) await printEstimate(request, signal);
    },
  });
  if (resumed) console.log(`Going on with the unfinished study ${studyId}.`);
  const view = await watchStudy(session.client, studyId, signal);
  process.exitCode = await printOutcome(session, view);
  await keepForTheTerminal(session, signal);
}

async function start(name: string, options: StudyOptions): Promise<void> {
  const request = await studyRequest(name, options);
  await withSession({ needsRunningStack: 'start' }, async ({ client, store }) => {
    const { studyId, resumed } = await startOrResume(client, request, {
      ...options,
      stored: await listStudies(store),
    });
    console.log(`${studyId} ${resumed ? 'is under way already' : 'has started'}.`);
    console.log(`  npx staged-study watch ${studyId}`);
  });
}

/** In a terminal the stack stays up until Ctrl-C, so that the Temporal UI can be looked at. */
async function keepForTheTerminal({ stack }: Session, signal: AbortSignal): Promise<void> {
  if (!process.stdout.isTTY || !stack?.startedHere || signal.aborted) return;
  console.log('\nThe stack stays up until Ctrl-C.');
  // A listener alone does not keep the process alive.
  const alive = setInterval(() => {}, 60_000);
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  clearInterval(alive);
}
