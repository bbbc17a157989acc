import { Command } from 'commander';
import { UserError } from '../../../infra/user-error.ts';
import { helpText } from '../../command-line/help.ts';
import { findStudy } from '../../observe/find-study.ts';
import { type Session, withSession } from '../../servers/session.ts';

export function cancelCommand(): Command {
  return new Command('cancel')
    .description('Cancel a study: its trainers stop within seconds, and what is done stays in the store.')
    .argument('<study>', 'the id of a study (see list)')
    .addHelpText(
      'after',
      helpText({
        notes:
          'A cancelled study does not go on. Start it anew (run, start): what was trained is not trained again.',
        examples: ['cancel cifar10-demo-1'],
        exits: { 0: 'the study is cancelled', 1: 'it is not, or had ended before' },
      }),
    )
    .action((studyId: string) => withSession({}, (session) => cancel(session, studyId)));
}

// --- helpers ---

async function cancel(session: Session, studyId: string): Promise<void> {
  const { status } = await findStudy(session, studyId);
  if (status.name !== 'RUNNING')
    throw new UserError(
      `${studyId}: expected a study under way, got one that is ${status.name.toLowerCase()}`,
    );
  const handle = session.client.workflow.getHandle(studyId);
  await handle.cancel();
  await handle.result().catch(() => {});
  const ended = (await handle.describe()).status.name;
  if (ended !== 'CANCELLED')
    throw new UserError(`${studyId}: ${ended.toLowerCase()} before it could be cancelled`);
  console.log(`${studyId}: cancelled`);
}
