import { Command } from 'commander';
import { printEstimate } from '../estimate.ts';
import { EXIT } from '../exit-codes.ts';
import { InterruptedError, interruption } from '../interruption.ts';
import { printOutcome } from '../outcome.ts';
import { type Session, withSession } from '../session.ts';
import { startOrResume } from '../start-study.ts';
import { type StudyOptions, studyRequest, takesStudy } from '../study-options.ts';
import { watchStudy } from '../watch-study.ts';

export function runCommand(): Command {
  return takesStudy(new Command('run'))
    .description('Run a study and watch it, on a stack that is up or one brought up for it.')
    .addHelpText(
      'after',
      '\nThe same command again goes on with the unfinished study. Ctrl-C stops what this command started.' +
        '\n\nExample:\n  npx staged-study run cifar10 --profile quick --dataset cifar-10-binary.tar.gz',
    )
    .action(run);
}

export function startCommand(): Command {
  return takesStudy(new Command('start'))
    .description('Start a study on a stack that is up (see up), and leave it to the workers.')
    .addHelpText(
      'after',
      '\nExample:\n  npx staged-study up && npx staged-study start cifar10 --profile report',
    )
    .action(start);
}

// --- helpers ---

async function run(name: string, options: StudyOptions): Promise<void> {
  const request = await studyRequest(name, options);
  const signal = interruption();
  try {
    await withSession({}, async (session) => {
      const { studyId, resumed } = await startOrResume(session.client, request, options);
      if (resumed) console.log(`Going on with the unfinished study ${studyId}.`);
      else await printEstimate(request, signal);
      const view = await watchStudy(session.client, studyId, signal);
      process.exitCode = await printOutcome(session, view);
      await keepForTheTerminal(session, signal);
    });
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    console.error('Stopped. The same command again goes on with the study.');
    process.exitCode = EXIT.interrupted;
  }
}

async function start(name: string, options: StudyOptions): Promise<void> {
  const request = await studyRequest(name, options);
  await withSession({ needsRunningStack: 'start' }, async ({ client }) => {
    const { studyId, resumed } = await startOrResume(client, request, options);
    console.log(`${studyId} ${resumed ? 'is under way already' : 'has started'}.`);
    console.log(`  npx staged-study watch ${studyId}`);
  });
}

/** In a terminal the stack stays up until Ctrl-C, so that the Temporal UI can be looked at. */
async function keepForTheTerminal({ stackStartedHere }: Session, signal: AbortSignal): Promise<void> {
  if (!process.stdout.isTTY || !stackStartedHere || signal.aborted) return;
  console.log('\nThe stack stays up until Ctrl-C.');
  // A listener alone does not keep the process alive.
  const alive = setInterval(() => {}, 60_000);
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  clearInterval(alive);
}
