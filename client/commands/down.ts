import { Command } from 'commander';
import { stopStack } from '../../infra/stack/open-stack.ts';
import { embeddedConfiguration } from '../servers.ts';

export function downCommand(): Command {
  return new Command('down')
    .description('Stop the stack. Unfinished studies go on when it is up again.')
    .addHelpText('after', '\nExample:\n  npx staged-study down')
    .action(async () => {
      const stopped = await stopStack(embeddedConfiguration('down').stateFolder);
      console.log(stopped ? 'The stack is stopped.' : 'No stack is up.');
    });
}
