import { Command } from 'commander';
import { ensureNativeParts } from '../../../infra/setup/native-parts.ts';
import { helpText } from '../../command-line/help.ts';

export function setupCommand(): Command {
  return new Command('setup')
    .description(
      'Fetch and build the native parts: TensorFlow, its binding, Temporal, MinIO. Other commands do it by themselves.',
    )
    .addHelpText(
      'after',
      helpText({
        notes:
          'They are kept in .cache/; what is whole is not fetched again. Says nothing where all is there.',
        examples: ['setup'],
        exits: { 0: 'all parts are there', 1: 'something is missing on this machine, or could not be had' },
      }),
    )
    .action(async () => {
      await ensureNativeParts();
    });
}
