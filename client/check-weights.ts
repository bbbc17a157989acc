import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Network } from '../study/training-config.ts';
import type { TrainerJob, TrainerReport } from '../training/messages.ts';
import { UsageError } from './usage-error.ts';

/** What reads weights belongs to training; in a process of its own, no file can harm this one. */
const TRAINER = fileURLToPath(new URL('../workers/trainer/trainer-main.ts', import.meta.url));

/**
 * Checks that a file of weights can be read and fits networks.
 *
 * @returns what it would become in each of them, for people.
 * @throws {UsageError} saying all that does not fit.
 */
export async function checkWeights(file: string, networks: Network[]): Promise<string[]> {
  const child = fork(TRAINER, [], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const last = await new Promise<TrainerReport | undefined>((resolve) => {
    let report: TrainerReport | undefined;
    child.on('message', (message: TrainerReport) => {
      report = message;
    });
    child.once('close', () => resolve(report));
    child.send({ kind: 'checkWeights', file, networks } satisfies TrainerJob);
  });
  if (last?.kind === 'checkedWeights') return last.fits;
  throw new UsageError(
    `--weights: ${last?.kind === 'failed' ? last.message : `${file}: the process that read it has died`}`,
  );
}
