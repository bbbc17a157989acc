import { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { InterruptedError, interruption } from '../interruption.ts';
import { printOutcome } from '../outcome.ts';
import { withSession } from '../session.ts';
import { watchStudy } from '../watch-study.ts';

export function watchCommand(): Command {
  return new Command('watch')
    .description('Watch a study until it ends. Ctrl-C ends the watching, not the study.')
    .argument('<study>', 'the id of a study (see list)')
    .addHelpText('after', '\nExample:\n  npx staged-study watch cifar10-demo-1')
    .action(watch);
}

// --- helpers ---

async function watch(studyId: string): Promise<void> {
  const signal = interruption();
  try {
    await withSession({ needsRunningStack: 'watch' }, async (session) => {
      process.exitCode = await printOutcome(session, await watchStudy(session.client, studyId, signal));
    });
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    process.exitCode = EXIT.interrupted;
  }
}
