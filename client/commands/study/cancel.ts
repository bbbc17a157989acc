import { setTimeout as pause } from 'node:timers/promises';
import { notice } from '../../../infra/quiet.ts';
import { UserError } from '../../../infra/user-error.ts';
import { howToRunAgain, statusInWords } from '../../../words/study-end.ts';
import { findStudy } from '../../observe/find-study.ts';
import { type Session, withSession } from '../../servers/session.ts';

export async function cancel(studyId: string): Promise<void> {
  await withSession({ level: 'queries' }, (session) => cancelStudy(session, studyId));
}

// --- helpers ---

async function cancelStudy(session: Session, studyId: string): Promise<void> {
  const { status, memo } = await findStudy(session, studyId);
  if (status.name !== 'RUNNING')
    throw new UserError(
      `${studyId}: expected a running study, got one that is ${statusInWords(status.name)}`,
    );
  const handle = session.client.workflow.getHandle(studyId);
  await handle.cancel();
  await handle.result().catch(() => {});
  const ended = (await handle.describe()).status.name;
  if (ended !== 'CANCELLED')
    throw new UserError(`${studyId}: the study ${ended.toLowerCase()} before it could be cancelled`);
  await untilAllStopped(session, studyId);
  console.log([`${studyId}: cancelled`, ...howToRunAgain(String(memo?.profile ?? '…'))].join('\n'));
}

const POLL_MS = 200;

/**
 * A trial's workflow ends when its trainer has. A stage, and so the study, may end before: when its first trial has.
 */
async function untilAllStopped({ client }: Session, studyId: string): Promise<void> {
  let told = false;
  for (;;) {
    const { count } = await client.workflow.count(`StudyId = '${studyId}' AND ExecutionStatus = 'Running'`);
    if (count === 0) return;
    if (!told) notice(`${studyId}: waiting until its trainers have stopped`);
    told = true;
    await pause(POLL_MS);
  }
}
