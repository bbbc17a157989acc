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
  console.log([`${studyId}: cancelled`, ...howToRunAgain(String(memo?.profile ?? '…'))].join('\n'));
}
