import { fileURLToPath } from 'node:url';
import { Argument, Command } from 'commander';
import { runInForeground } from '../../infra/foreground.ts';
import { ensureNativeParts, trainerEnvironment } from '../../infra/setup/native-parts.ts';

export function workerCommand(): Command {
  return new Command('worker')
    .description('Run one worker against the servers that TEMPORAL_* and S3_* name, until Ctrl-C.')
    .addArgument(new Argument('<kind>', 'what it does').choices(['control', 'training']))
    .addHelpText(
      'after',
      '\nA training worker runs STAGED_STUDY_SLOTS trainings side by side; on GPUs start one worker a GPU, each with its own\n' +
        'CUDA_VISIBLE_DEVICES.\n\nExample:\n  TEMPORAL_ADDRESS=temporal:7233 S3_ENDPOINT=http://minio:9000 S3_ACCESS_KEY=… S3_SECRET_KEY=… npx staged-study worker training',
    )
    .action(runWorker);
}

// --- helpers ---

async function runWorker(kind: 'control' | 'training'): Promise<void> {
  const env = kind === 'training' ? trainerEnvironment(await ensureNativeParts()) : {};
  const script = fileURLToPath(new URL(`../../workers/${kind}-main.ts`, import.meta.url));
  process.exitCode = await runInForeground(script, { ...process.env, ...env });
}
