import { UserError } from '../../../infra/user-error.ts';
import { findStudy } from '../../observe/find-study.ts';
import { type Session, withSession } from '../../servers/session.ts';

export async function cancel(studyId: string): Promise<void> {
  await withSession({ level: 'queries' }, (session) => cancelStudy(session, studyId));
}

// --- helpers ---

async function cancelStudy(session: Session, studyId: string): Promise<void> {
  const { status } = await findStudy(session, studyId);
  if (status.name !== 'RUNNING')
    throw new UserError(`${studyId}: expected a running study, got one that is ${status.name.toLowerCase()}`);
  const handle = session.client.workflow.getHandle(studyId);
  await handle.cancel();
  await handle.result().catch(() => {});
  const ended = (await handle.describe()).status.name;
  if (ended !== 'CANCELLED')
    throw new UserError(`${studyId}: the study ${ended.toLowerCase()} before it could be cancelled`);
  console.log(`${studyId}: cancelled`);
}
