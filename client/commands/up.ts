import { Command } from 'commander';
import { bringUpStack } from '../servers.ts';

export function upCommand(): Command {
  return new Command('up')
    .description(
      'Bring up the stack and leave it running: Temporal with its UI, MinIO, a control and a training worker.',
    )
    .addHelpText('after', '\nExample:\n  npx staged-study up')
    .action(async () => {
      const { startedHere, temporal, store } = await bringUpStack('up', { keepAfterExit: true });
      console.log(
        startedHere ? 'The stack is up; npx staged-study down stops it.' : 'The stack is up already.',
      );
      console.log(`Temporal UI: ${temporal.uiUrl}`);
      console.log(`MinIO:       ${store.consoleUrl ?? store.endpoint}`);
    });
}
