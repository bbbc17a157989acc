import { isQuiet } from '../../../infra/quiet.ts';
import { stackStatus } from '../../../infra/stack/open-stack.ts';
import { listStudies } from '../../../storage/studies.ts';
import type { StudyRequest } from '../../../workflows/study-workflow.ts';
import { InterruptedError } from '../../command-line/exit-codes.ts';
import { interruption } from '../../command-line/interruption.ts';
import { rememberIds } from '../../command-line/known-ids.ts';
import { configuration } from '../../servers/configuration.ts';
import { warnOfOtherNumerics } from '../../servers/other-numerics.ts';
import { type Session, withSession } from '../../servers/session.ts';
import { checkSeeds } from '../../start/check-seeds.ts';
import { printEstimate, printIdle } from '../../start/estimate.ts';
import { keepAddresses } from '../../start/keep-addresses.ts';
import { startOrResume } from '../../start/start-study.ts';
import { printStoredResults } from '../../start/stored-results.ts';
import type { StudyOptions } from '../../start/study-request.ts';
import { describeInterruption } from '../../terminal/interruption.ts';
import { printOutcome } from '../../terminal/outcome.ts';
import { printTemporalUi } from '../../terminal/temporal-ui.ts';
import { watchStudy } from '../../terminal/watch-study.ts';

export async function run(request: StudyRequest, options: StudyOptions): Promise<void> {
  let studyId: string | undefined;
  try {
    await withSession({ level: 'training' }, (session) =>
      runAndWatch(session, request, options, (started) => {
        studyId = started;
      }),
    );
  } catch (error) {
    if (error instanceof InterruptedError) console.error(describeInterruption(studyId, areServersUp()));
    throw error;
  }
}

// --- helpers ---

async function runAndWatch(
  session: Session,
  request: StudyRequest,
  options: StudyOptions,
  onStarted: (studyId: string) => void,
): Promise<void> {
  // Not before the stack is up: until then, Ctrl-C may end this process at once, and the stack stops without users.
  const signal = interruption();
  await checkSeeds(session.store, request.study);
  const stored = await listStudies(session.store);
  const kept = await keepAddresses(session.store, request);
  const { studyId, resumed } = await startOrResume(session.client, kept, {
    ...options,
    stored,
    beforeStart: async () => {
      const found = await printStoredResults(session.store, request);
      const hasAll = found !== undefined && found.stored === found.trials && !request.retrain;
      // With servers of your own, other machines may train: an estimate for this one would mislead.
      if (!session.stack || hasAll || isQuiet()) return;
      printIdle(request);
      await printEstimate(request, signal);
    },
  });
  onStarted(studyId);
  await rememberIds([...new Set([studyId, ...stored])]);
  if (resumed && !isQuiet()) console.log(`Resuming the unfinished study ${studyId}.`);
  if (resumed) await warnOfOtherNumerics(session, studyId);
  if (session.uiUrl && !isQuiet()) printTemporalUi(session.uiUrl, session.client.options.namespace, studyId);
  const view = await watchStudy(session.client, studyId, signal);
  process.exitCode = await printOutcome(session, view);
  await keepStackForTerminal(session, signal);
}

/** After the command has closed its session, which stops a stack without other users. */
function areServersUp(): boolean {
  const found = configuration();
  return found.kind === 'deployment' || stackStatus(found.stateFolder)?.trains === true;
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
