import { UserError } from '../../infra/user-error.ts';
import type { Network } from '../../study/definition/training-config.ts';
import { askTrainer } from '../ask-trainer.ts';
import { UsageError } from '../command-line/exit-codes.ts';

/**
 * Checks that a weights file can be read and fits each network. A process of its own reads it, so that a malformed file
 * can't crash this one.
 *
 * @returns which tensors each network takes, in a sentence.
 * @throws {UsageError} that lists everything that doesn't fit.
 */
export async function checkWeights(file: string, networks: Network[]): Promise<string[]> {
  try {
    return await askTrainer({ kind: 'checkWeights', file, networks }, { failure: '--weights' });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}
