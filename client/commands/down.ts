import { Command } from 'commander';
import { stopStack } from '../../infra/stack/open-stack.ts';

export function downCommand(): Command {
  return new Command('down')
    .description('Stop the stack. Unfinished studies go on when it is up again.')
    .addHelpText('after', '\nExample:\n  npx staged-study down')
    .action(async () => {
      console.log((await stopStack()) ? 'The stack is stopped.' : 'No stack is up.');
    });
}
