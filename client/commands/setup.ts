import { Command } from 'commander';
import { ensureNativeParts } from '../../infra/setup/native-parts.ts';

export function setupCommand(): Command {
  return new Command('setup')
    .description(
      'Fetch and build the native parts: TensorFlow, its binding, Temporal, MinIO. `run` and the tests do it by themselves.',
    )
    .addHelpText('after', '\nExample:\n  npx staged-study setup')
    .action(async () => {
      await ensureNativeParts();
    });
}
