import { confusionOf } from '../../study/record/confusion.ts';
import type { TestRecord } from '../../study/record/record.ts';
import { type ClassFigures, classFigures, tallyOf } from '../../study/statistics/class-figures.ts';

/** A class in the final test. */
export interface ClassRow extends ClassFigures {
  name: string;
  /** Test images of the class, and those that were taken for it. */
  images: number;
  predicted: number;
}

/** Every class in the final test, by label. @param classes their names. */
export function classRows(test: Pick<TestRecord, 'confusion'>, classes: readonly string[]): ClassRow[] {
  const tally = tallyOf(confusionOf(test));
  return tally.images.map((images, label) => ({
    name: classes[label] ?? `class ${label}`,
    images,
    predicted: tally.predicted[label] as number,
    ...classFigures(tally, label),
  }));
}

/** The lowest F1 first; of equal ones the lower label. Classes without one come last. */
export function worstFirst(rows: readonly ClassRow[]): ClassRow[] {
  return [...rows].sort((a, b) => (a.f1 ?? Number.MAX_VALUE) - (b.f1 ?? Number.MAX_VALUE));
}
