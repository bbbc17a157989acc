import { z } from 'zod';

/** By what a study ranks epochs and candidates. */
export const measureSchema = z.enum(['accuracy', 'balanced accuracy', 'macro F1', 'top-5', 'loss']).meta({
  title: 'Measure',
  description:
    'By what epochs and candidates are ranked, on the validation images. Another measure makes other trials, since it decides ' +
    'which epoch of each counts. Left out: `accuracy`.',
  meanings: {
    accuracy: 'the share of images whose most likely class is right',
    'balanced accuracy':
      "the mean of the classes' accuracies, however many images each has; as scikit-learn's `balanced_accuracy_score`",
    'macro F1':
      "the mean of the classes' F1 scores, 2 · right / (images of the class + images taken for it); as scikit-learn's " +
      "`f1_score(average='macro')`",
    'top-5': 'the share of images whose class is among the five most likely; needs more than 5 classes',
    loss: 'the mean cross-entropy, nats an image, without label smoothing; the lowest is best',
  },
});

export type Measure = z.infer<typeof measureSchema>;

/** A measure as it is stored: accuracy is left out, so that trials keep the keys that they had when there was no other. */
export const otherMeasureSchema = measureSchema.exclude(['accuracy']);

export type OtherMeasure = z.infer<typeof otherMeasureSchema>;

/** Whoever has a score: in which measure it is. */
export interface Measured {
  /** Absent: accuracy. */
  measure?: OtherMeasure;
}

/** A measure as it is stored. */
export function asStored(measure: Measure | undefined): OtherMeasure | undefined {
  return measure === 'accuracy' ? undefined : measure;
}

/** The measure as a property of what has a score. */
export function measuredBy(measure: Measure | undefined): Measured {
  const stored = asStored(measure);
  return stored ? { measure: stored } : {};
}

/** A score turned so that more is better: of a loss, its negative. Applied to that, it gives the score again. */
export function meritOf(score: number, measure: Measure | undefined): number {
  return measure === 'loss' ? -score : score;
}

/** Classes that `top-5` needs at least: with five, every image would be right. */
export const TOP_5_CLASSES = 6;
