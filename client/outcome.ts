import { type Client, WorkflowFailedError } from '@temporalio/client';
import { percent } from '../report/format.ts';
import { recordKey } from '../storage/keys.ts';
import { attentionText } from './attention-text.ts';
import { EXIT } from './exit-codes.ts';
import type { StudyView } from './observe-study.ts';
import type { Session } from './session.ts';
import { needsPerson } from './watch-study.ts';

/**
 * Prints how a study ended and where it can be looked at.
 *
 * @returns the command's exit code.
 */
export async function printOutcome({ client, uiUrl, bucket }: Session, view: StudyView): Promise<number> {
  console.log('');
  const code = await printEnd(client, view);
  if (uiUrl)
    console.log(`Temporal UI: ${uiUrl}/namespaces/${client.options.namespace}/workflows/${view.studyId}`);
  console.log(
    `objects:     bucket ${bucket.bucket} at ${bucket.endpoint}, record ${recordKey(view.studyId)}`,
  );
  if (bucket.consoleUrl) console.log(`             browse them at ${bucket.consoleUrl}`);
  return code;
}

// --- helpers ---

async function printEnd(client: Client, view: StudyView): Promise<number> {
  if (view.workflowStatus === 'RUNNING') {
    console.log(needsPerson(view) ? attentionText(view) : `${view.studyId} goes on.`);
    return EXIT.needsAttention;
  }
  if (view.workflowStatus !== 'COMPLETED') {
    console.log(
      `${view.studyId}: ${view.workflowStatus.toLowerCase()}: ${await reason(client, view.studyId)}`,
    );
    return EXIT.failure;
  }
  const winner = view.stages.findLast((stage) => stage.winner)?.winner;
  if (winner)
    console.log(
      `winner:      ${winner.name}, validation accuracy ${percent(winner.score)} (epoch ${winner.bestEpoch})`,
    );
  if (view.test)
    console.log(`test:        ${percent(view.test.accuracy)} of ${view.test.images} test images`);
  if (view.dataset?.origin.kind === 'generated')
    console.log('             on GENERATED images, not on CIFAR-10');
  return EXIT.success;
}

/** The innermost cause of a failed workflow. */
async function reason(client: Client, studyId: string): Promise<string> {
  try {
    await client.workflow.getHandle(studyId).result();
    return '';
  } catch (error) {
    let cause: unknown = error instanceof WorkflowFailedError ? error.cause : error;
    while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
    return cause instanceof Error ? cause.message : String(cause);
  }
}
