import type { EpochLine } from '../../study/trial/trial.ts';

/**
 * The mean of several runs' lines, epoch by epoch, as far as all of them have come. Runs without an epoch don't count.
 *
 * @param runs at least one.
 */
export function meanLines(runs: readonly EpochLine[][]): EpochLine[] {
  const trained = runs.filter((lines) => lines.length > 0);
  const [first = [], ...others] = trained;
  if (others.length === 0) return first;
  const epochs = Math.min(...trained.map((lines) => lines.length));
  return first.slice(0, epochs).map((line, index) => {
    const alike = trained.map((lines) => lines[index] as EpochLine);
    const mean = (of: keyof EpochLine) => alike.reduce((sum, each) => sum + each[of], 0) / alike.length;
    return {
      ...line,
      train_loss: mean('train_loss'),
      train_accuracy: mean('train_accuracy'),
      val_loss: mean('val_loss'),
      val_accuracy: mean('val_accuracy'),
      seconds: mean('seconds'),
    };
  });
}
