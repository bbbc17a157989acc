/** Figures of classes from a confusion matrix, `confusion[actual][predicted]`: numbers of images. */

/** What of a confusion matrix the figures depend on: for each class, by its label, a number of images. */
export interface Tally {
  /** Images of the class. */
  images: number[];
  /** Images that are taken for it. */
  predicted: number[];
  /** Images of the class that are taken for it. */
  right: number[];
}

/** How well one class is told from the others, percent; null where there is nothing to divide by. */
export interface ClassFigures {
  /** Of the images of the class, those that are right; null if there are none. Also called the class's accuracy. */
  recall: number | null;
  /** Of the images that are taken for the class, those that are right; null if there are none. */
  precision: number | null;
  /** 2 · right / (images + predicted); null if the class has no images and none is taken for it. */
  f1: number | null;
}

export function tallyOf(confusion: readonly (readonly number[])[]): Tally {
  const predicted = confusion.map(() => 0);
  for (const row of confusion) {
    for (let label = 0; label < row.length; label++) {
      (predicted[label] as number) += row[label] as number;
    }
  }
  return {
    images: confusion.map((row) => row.reduce((sum, images) => sum + images, 0)),
    predicted,
    right: confusion.map((row, label) => row[label] as number),
  };
}

/** The figures of a class. */
export function classFigures({ images, predicted, right }: Tally, label: number): ClassFigures {
  const [of, taken, both] = [images, predicted, right].map((counts) => counts[label] ?? 0) as [
    number,
    number,
    number,
  ];
  return { recall: share(both, of), precision: share(both, taken), f1: share(2 * both, of + taken) };
}

/**
 * The mean recall of the classes that have images, percent: scikit-learn's `balanced_accuracy_score`, after K. Brodersen et al., The
 * balanced accuracy and its posterior distribution, ICPR (2010).
 *
 * @throws {RangeError} if there are no images.
 */
export function balancedAccuracy(tally: Tally): number {
  return meanOf(tally, ({ recall }) => recall);
}

/**
 * The mean F1 score of the classes that have images or that images are taken for, percent: scikit-learn's
 * `f1_score(average='macro')`. A class of which none is right has 0.
 *
 * @throws {RangeError} if there are no images.
 */
export function macroF1(tally: Tally): number {
  return meanOf(tally, ({ f1 }) => f1);
}

// --- helpers ---

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : (100 * part) / whole;
}

function meanOf(tally: Tally, of: (figures: ClassFigures) => number | null): number {
  let sum = 0;
  let classes = 0;
  for (let label = 0; label < tally.images.length; label++) {
    const value = of(classFigures(tally, label));
    if (value === null) continue;
    sum += value;
    classes++;
  }
  if (classes === 0) throw new RangeError('figures of classes: expected at least one image, got none');
  return sum / classes;
}
