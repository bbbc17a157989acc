import { Command } from 'commander';
import { withSession } from '../session.ts';

export function cancelCommand(): Command {
  return new Command('cancel')
    .description('Cancel a study: its trainers stop within seconds, and what is done stays in the store.')
    .argument('<study>', 'the id of a study (see list)')
    .addHelpText('after', '\nExample:\n  npx staged-study cancel cifar10-demo-1')
    .action((studyId: string) =>
      withSession({ quiet: true }, async ({ client }) => {
        const handle = client.workflow.getHandle(studyId);
        await handle.cancel();
        await handle.result().catch(() => {});
        console.log(`${studyId}: ${(await handle.describe()).status.name.toLowerCase()}`);
      }),
    );
}
