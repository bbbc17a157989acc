import { Argument, Command } from 'commander';
import { runInForeground } from '../../../infra/foreground.ts';
import { compiledProgram } from '../../../infra/project.ts';
import { ensureNativeParts, trainerEnvironment } from '../../../infra/setup/native-parts.ts';
import { helpText } from '../../command-line/help.ts';
import { UsageError } from '../../command-line/usage-error.ts';
import { configuration } from '../../servers/servers.ts';

export function workerCommand(): Command {
  return new Command('worker')
    .description('Run one worker against the servers that TEMPORAL_* and S3_* name, until Ctrl-C.')
    .addArgument(
      new Argument('<kind>', 'control runs workflows and short activities, training trains').choices([
        'control',
        'training',
      ]),
    )
    .addHelpText(
      'after',
      helpText({
        notes:
          "Servers: TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE, or a profile of Temporal's configuration; S3_ENDPOINT,\n" +
          'S3_ACCESS_KEY, S3_SECRET_KEY, S3_BUCKET and S3_REGION. A training worker runs STAGED_STUDY_SLOTS trainings side by\n' +
          'side; on GPUs start one worker a GPU, each with its own CUDA_VISIBLE_DEVICES. Data sets and downloads are kept in\n' +
          'STAGED_STUDY_CACHE.',
        examples: [
          'worker control',
          'worker training  # with, before it: TEMPORAL_ADDRESS=temporal:7233 S3_ENDPOINT=http://minio:9000 …',
        ],
        exits: {
          0: 'it was told to stop (Ctrl-C)',
          1: 'it could not start, or failed',
          130: 'Ctrl-C in set-up',
        },
      }),
    )
    .action(runWorker);
}

// --- helpers ---

async function runWorker(kind: 'control' | 'training'): Promise<void> {
  if (configuration().kind === 'embedded') {
    throw new UsageError(
      'worker: expected servers to work for, got none; set TEMPORAL_ADDRESS, S3_ENDPOINT, S3_ACCESS_KEY and ' +
        'S3_SECRET_KEY (the stack that this program brings up has workers of its own)',
    );
  }
  const env = kind === 'training' ? trainerEnvironment(await ensureNativeParts()) : {};
  const script = compiledProgram(`workers/${kind}-main`);
  process.exitCode = await runInForeground(script, { ...process.env, ...env });
}
