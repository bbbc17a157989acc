import { mean } from '../../study/statistics/moments.ts';
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
    const meanOf = (of: keyof EpochLine) => mean(alike.map((each) => each[of] ?? Number.NaN));
    return {
      ...line,
      train_loss: meanOf('train_loss'),
      train_accuracy: meanOf('train_accuracy'),
      val_loss: meanOf('val_loss'),
      val_accuracy: meanOf('val_accuracy'),
      ...(line.val_score !== undefined && { val_score: meanOf('val_score') }),
      seconds: meanOf('seconds'),
    };
  });
}
