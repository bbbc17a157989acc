import { isQuiet } from '../../../infra/quiet.ts';
import { listStudies } from '../../../storage/studies.ts';
import type { StudyRequest } from '../../../workflows/study-workflow.ts';
import { InterruptedError } from '../../command-line/exit-codes.ts';
import { interruption } from '../../command-line/interruption.ts';
import { type Session, withSession } from '../../servers/session.ts';
import { printEstimate } from '../../start/estimate.ts';
import { startOrResume } from '../../start/start-study.ts';
import { type StudyOptions, studyRequest } from '../../start/study-request.ts';
import { printOutcome } from '../../terminal/outcome.ts';
import { watchStudy } from '../../terminal/watch-study.ts';

export async function run(name: string, options: StudyOptions): Promise<void> {
  const request = await studyRequest(name, options);
  try {
    await withSession({}, (session) => runAndWatch(session, request, options));
  } catch (error) {
    if (error instanceof InterruptedError)
      console.error('Stopped. To resume the study, run the same command again.');
    throw error;
  }
}

// --- helpers ---

async function runAndWatch(session: Session, request: StudyRequest, options: StudyOptions): Promise<void> {
  // Not before the stack is up: until then, Ctrl-C may end this process at once, and the stack stops without users.
  const signal = interruption();
  const { studyId, resumed } = await startOrResume(session.client, request, {
    ...options,
    stored: await listStudies(session.store),
    beforeStart: async () => {
      // With servers of your own, other machines may train: an estimate for this one would mislead.
      if (session.stack && !isQuiet()) await printEstimate(request, signal);
    },
  });
  if (resumed && !isQuiet()) console.log(`Resuming the unfinished study ${studyId}.`);
  const view = await watchStudy(session.client, studyId, signal);
  process.exitCode = await printOutcome(session, view);
  await keepStackForTerminal(session, signal);
}

/** Waits for Ctrl-C if this command started the stack in a terminal, so that one can look at the Temporal UI. */
async function keepStackForTerminal({ stack }: Session, signal: AbortSignal): Promise<void> {
  if (!process.stdout.isTTY || isQuiet() || !stack?.startedHere || signal.aborted) return;
  console.log('\nThe stack stays up until Ctrl-C.');
  // The signal's listener alone doesn't keep the process alive.
  const alive = setInterval(() => {}, 60_000);
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  clearInterval(alive);
}
