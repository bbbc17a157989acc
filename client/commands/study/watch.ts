import { Command } from 'commander';
import { helpText } from '../../command-line/help.ts';
import { InterruptedError, interruption } from '../../command-line/interruption.ts';
import { findStudy } from '../../observe/find-study.ts';
import { withSession } from '../../servers/session.ts';
import { printOutcome } from '../../terminal/outcome.ts';
import { watchStudy } from '../../terminal/watch-study.ts';

export function watchCommand(): Command {
  return new Command('watch')
    .description('Watch a study until it ends. Ctrl-C ends the watching, not the study.')
    .argument('<study>', 'the id of a study (see list)')
    .addHelpText(
      'after',
      helpText({
        examples: ['watch cifar10-demo-1'],
        exits: {
          0: 'the study completed',
          1: 'it failed or was cancelled, or no stack is up',
          3: 'trials wait to be retried or skipped, and nobody is at a terminal',
        },
      }),
    )
    .action(watch);
}

// --- helpers ---

async function watch(studyId: string): Promise<void> {
  await withSession({ needsRunningStack: 'watch' }, async (session) => {
    await findStudy(session, studyId);
    const view = await watchStudy(session.client, studyId, interruption());
    process.exitCode = await printOutcome(session, view);
  }).catch((error) => {
    if (error instanceof InterruptedError) console.error(`${studyId} goes on.`);
    throw error;
  });
}
