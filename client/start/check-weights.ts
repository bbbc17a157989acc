import { UserError } from '../../infra/user-error.ts';
import type { Network } from '../../study/definition/training-config.ts';
import { askTrainer } from '../ask-trainer.ts';
import { UsageError } from '../command-line/exit-codes.ts';

/**
 * Checks that a file of weights can be read and fits networks: in a process of its own, since no file may harm this one.
 *
 * @returns what it would become in each of them, for people.
 * @throws {UsageError} saying all that does not fit.
 */
export async function checkWeights(file: string, networks: Network[]): Promise<string[]> {
  try {
    const { fits } = await askTrainer(
      { kind: 'checkWeights', file, networks },
      { wanted: 'checkedWeights', failure: '--weights' },
    );
    return fits;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}
