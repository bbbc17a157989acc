import { InterruptedError } from '../../command-line/exit-codes.ts';
import { interruption } from '../../command-line/interruption.ts';
import { findStudy } from '../../observe/find-study.ts';
import { viewStudy } from '../../observe/observe-study.ts';
import { warnOfOtherNumerics } from '../../servers/other-numerics.ts';
import { noStack, withSession } from '../../servers/session.ts';
import { printOutcome } from '../../terminal/outcome.ts';
import { studyScreen } from '../../terminal/screen.ts';
import { watchStudy } from '../../terminal/watch-study.ts';

export async function watch(studyId: string): Promise<void> {
  try {
    await withSession({ level: 'queries' }, async (session) => {
      const { status } = await findStudy(session, studyId);
      // It would stay as it is. One that has ended can be shown without workers.
      if (status.name === 'RUNNING' && session.stack && !session.stack.trains) {
        console.log(studyScreen(await viewStudy(session.client, studyId)));
        throw noStack('watch');
      }
      if (status.name === 'RUNNING') await warnOfOtherNumerics(session, studyId);
      const view = await watchStudy(session.client, studyId, interruption());
      process.exitCode = await printOutcome(session, view);
    });
  } catch (error) {
    if (error instanceof InterruptedError) console.error(`${studyId} continues.`);
    throw error;
  }
}
