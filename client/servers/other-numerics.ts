import proto from '@temporalio/proto';
import { readStudy } from '../../storage/studies.ts';
import { NUMERICS } from '../../study/trial/trial.ts';
import { trainingQueue } from '../../temporal/names.ts';
import type { Session } from './session.ts';

const { TaskQueueType } = proto.temporal.api.enums.v1;

/**
 * What a person has to know of a study that began with other numerics than this version has: which worker its trials wait for.
 *
 * @returns undefined if this version trains it, or another worker does.
 */
export async function waitsForOtherNumerics(
  { client, store }: Pick<Session, 'client' | 'store'>,
  studyId: string,
): Promise<string | undefined> {
  const { numerics = NUMERICS } = (await readStudy(store, studyId)) ?? {};
  if (numerics === NUMERICS) return undefined;
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: trainingQueue(numerics) },
    taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
  });
  if (pollers?.length) return undefined;
  return (
    `${studyId} began with numerics ${numerics}, and no worker trains with them: this version has ${NUMERICS}, which gives other ` +
    `numbers. Start a training worker of the version that began the study (npx staged-study worker training), or cancel the study ` +
    'and run it anew'
  );
}

/** Prints to standard error what `waitsForOtherNumerics` says. */
export async function warnOfOtherNumerics(session: Session, studyId: string): Promise<void> {
  const warning = await waitsForOtherNumerics(session, studyId);
  if (warning) console.error(warning);
}
