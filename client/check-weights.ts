import type { Network } from '../study/training-config.ts';
import { askTrainer } from './ask-trainer.ts';

/**
 * Checks that a file of weights can be read and fits networks: in a process of its own, since no file may harm this one.
 *
 * @returns what it would become in each of them, for people.
 * @throws {UserError} saying all that does not fit.
 */
export async function checkWeights(file: string, networks: Network[]): Promise<string[]> {
  const { fits } = await askTrainer(
    { kind: 'checkWeights', file, networks },
    { wanted: 'checkedWeights', failure: '--weights' },
  );
  return fits;
}
