import { isQuiet } from '../../infra/quiet.ts';
import { recordKey, studyKey } from '../../storage/keys.ts';
import { datasetInBrief } from '../../words/dataset.ts';
import { retrainedSummary, winnersScoreInWords } from '../../words/outcome.ts';
import { testScoreInLine } from '../../words/test-score.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import type { StudyView } from '../observe/observe-study.ts';
import type { Session } from '../servers/session.ts';
import { describeAttention, describeEarlyEnd, describePause } from './format.ts';
import { printTemporalUi } from './temporal-ui.ts';
import { describeTrainingTime } from './training-time.ts';
import { waitsForPerson } from './watch-study.ts';

/**
 * Prints how a study ended and where to look at it.
 *
 * @returns the command's exit code.
 */
export async function printOutcome(session: Session, view: StudyView): Promise<number> {
  const { client, uiUrl, bucket, stack } = session;
  console.log('');
  const code = printEnd(view, await describeTrainingTime(session.store, view));
  if (uiUrl) printTemporalUi(uiUrl, client.options.namespace, view.studyId);
  console.log(`objects:     bucket ${bucket.bucket} at ${bucket.endpoint}${objectsOf(view)}`);
  if (bucket.consoleUrl)
    console.log(`             browse them at ${bucket.consoleUrl}, login: ${stack?.credentialsFile}`);
  if (stack?.startedHere && !(stack.trains && process.stdout.isTTY) && !isQuiet())
    console.log('These servers stop now. To start them again: npx staged-study up');
  return code;
}

// --- helpers ---

function printEnd(view: StudyView, trainingTime: string | undefined): number {
  const { studyId, workflowStatus } = view;
  if (workflowStatus === 'RUNNING') {
    const waiting = [...describePause(view), describeAttention(view)].filter((text) => text !== '');
    console.log(waitsForPerson(view) ? waiting.join('\n') : `${studyId} continues.`);
    return EXIT.needsAttention;
  }
  if (workflowStatus !== 'COMPLETED') {
    console.log(`${studyId}: ${describeEarlyEnd(view).join('\n')}`);
    return EXIT.failure;
  }
  const winner = view.stages.findLast((stage) => stage.winner)?.winner;
  if (winner)
    console.log(
      `winner:      ${winner.name}, validation ${winner.measure ? '' : 'accuracy '}${winnersScoreInWords(winner)}${winner.runs ? '' : ` (epoch ${winner.bestEpoch})`}`,
    );
  if (view.test)
    console.log(`test:        ${testScoreInLine(view.test, `test ${view.example ?? 'image'}s`)}`);
  if (trainingTime) console.log(`training:    ${trainingTime}`);
  const compared = retrainedSummary(
    view.stages.flatMap(({ trials }) => trials.flatMap(({ standing }) => standing ?? [])),
  );
  if (compared) console.log(`retrained:   ${compared}`);
  if (view.dataset?.origin.kind === 'generated')
    console.log(`             on ${datasetInBrief(view.dataset.origin)}`);
  console.log(`report:      npx staged-study report ${studyId}`);
  return EXIT.success;
}

/** What the store has of the study: nothing until the data set is prepared. */
function objectsOf({ studyId, workflowStatus, dataset }: StudyView): string {
  if (workflowStatus === 'COMPLETED') return `, record ${recordKey(studyId)}`;
  return dataset ? `, study ${studyKey(studyId)}` : '';
}
