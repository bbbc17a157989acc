import { Command } from 'commander';
import { stopStack } from '../../../infra/stack/open-stack.ts';
import { helpText } from '../../command-line/help.ts';
import { embeddedConfiguration } from '../../servers/servers.ts';

export function downCommand(): Command {
  return new Command('down')
    .description('Stop the stack, whoever uses it. Unfinished studies go on when it is up again.')
    .addHelpText(
      'after',
      helpText({ examples: ['down'], exits: { 0: 'no stack is up any more', 1: 'it could not be stopped' } }),
    )
    .action(async () => {
      const stopped = await stopStack(embeddedConfiguration('down').stateFolder);
      console.log(stopped ? 'The stack is stopped.' : 'No stack is up.');
    });
}
