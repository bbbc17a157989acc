import { UserError } from '../../../infra/user-error.ts';
import { UPDATES } from '../../../temporal/names.ts';
import { statusInWords } from '../../../words/study-end.ts';
import { findStudy } from '../../observe/find-study.ts';
import { sendUpdate } from '../../servers/send-update.ts';
import { type Session, withSession } from '../../servers/session.ts';

export async function pause(studyId: string): Promise<void> {
  // Without workers that train, it is paused before the next stack continues it.
  await withSession({ level: 'queries' }, async (session) => {
    await checkRunning(session, studyId);
    console.log(await sendUpdate(session, studyId, UPDATES.pauseStudy));
    console.log(`To continue: npx staged-study resume ${studyId}`);
  });
}

export async function resume(studyId: string): Promise<void> {
  await withSession({ level: 'training', needsRunningStack: 'resume' }, async (session) => {
    await checkRunning(session, studyId);
    console.log(await sendUpdate(session, studyId, UPDATES.resumeStudy));
  });
}

// --- helpers ---

async function checkRunning(session: Session, studyId: string): Promise<void> {
  const { status } = await findStudy(session, studyId);
  if (status.name === 'RUNNING') return;
  throw new UserError(`${studyId}: expected a running study, got one that is ${statusInWords(status.name)}`);
}
