import { runInForeground } from '../../../infra/foreground.ts';
import { ensureNativeParts, trainerEnvironment } from '../../../infra/setup/native-parts.ts';
import { WORKER_PROGRAMS } from '../../../workers/programs.ts';
import { UsageError } from '../../command-line/exit-codes.ts';
import { configuration } from '../../servers/configuration.ts';

export async function worker(kind: 'control' | 'training'): Promise<void> {
  if (configuration().kind === 'embedded') {
    throw new UsageError(
      'worker: expected a Temporal server and an object store, got none; set TEMPORAL_ADDRESS, S3_ENDPOINT, ' +
        'S3_ACCESS_KEY and S3_SECRET_KEY (the stack that `up` starts has its own workers)',
    );
  }
  const env = kind === 'training' ? trainerEnvironment(await ensureNativeParts()) : {};
  process.exitCode = await runInForeground(WORKER_PROGRAMS[kind].path, { ...process.env, ...env });
}
