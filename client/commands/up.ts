import { Command } from 'commander';
import { openStack } from '../../infra/stack/open-stack.ts';

export function upCommand(): Command {
  return new Command('up')
    .description(
      'Bring up the stack and leave it running: Temporal with its UI, MinIO, a control and a training worker.',
    )
    .addHelpText('after', '\nExample:\n  npx staged-study up')
    .action(async () => {
      const stack = await openStack({ keepAfterExit: true, onProgress: (message) => console.error(message) });
      console.log(
        stack.startedHere ? 'The stack is up; npx staged-study down stops it.' : 'The stack is up already.',
      );
      console.log(`Temporal UI: ${stack.temporal.uiUrl}`);
      console.log(`MinIO:       ${stack.store.consoleUrl ?? stack.store.endpoint}`);
    });
}
