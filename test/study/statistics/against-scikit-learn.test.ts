import { describe, expect, it } from 'vitest';
import { bootstrapFigure } from '../../../study/statistics/bootstrap-tally.ts';
import { balancedAccuracy, classFigures, macroF1, tallyOf } from '../../../study/statistics/class-figures.ts';
import scikitLearn from './scikit-learn.json' with { type: 'json' };

// scripts/measure_fixtures.py asked scikit-learn.

describe.each(scikitLearn.cases)('$name', ({ classes, labels, logits, scores, precision, recall, f1 }) => {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const [image, label] of labels.entries()) {
    const row = logits[image] as number[];
    (confusion[label]![row.indexOf(Math.max(...row))] as number)++;
  }
  const tally = tallyOf(confusion);

  it("has scikit-learn's precision, recall and F1 of each class", () => {
    for (let label = 0; label < classes; label++) {
      const figures = classFigures(tally, label);
      expectSame(figures.precision, precision[label]!);
      expectSame(figures.recall, recall[label]!);
      expectSame(figures.f1, f1[label]!);
    }
  });

  it("has scikit-learn's balanced accuracy and macro F1", () => {
    expectSame(balancedAccuracy(tally), scores['balanced accuracy']);
    expectSame(macroF1(tally), scores['macro F1']);
  });

  it('has an interval around each, the same with the same seed', () => {
    for (const figureOf of [balancedAccuracy, macroF1]) {
      const interval = bootstrapFigure(confusion, figureOf, { seed: 3 });
      expect(interval).toEqual(bootstrapFigure(confusion, figureOf, { seed: 3 }));
      expect(interval.low).toBeLessThan(interval.high);
      expect(interval.low).toBeGreaterThan(0);
      expect(interval.high).toBeLessThanOrEqual(100);
    }
  });
});

it('has the interval of an accuracy that the binomial distribution has, where classes are one of two halves', () => {
  // With as many images of both classes, and mistakes alike, the balanced accuracy is about the accuracy: 80 %, standard error 2 points.
  const { low, high } = bootstrapFigure(
    [
      [160, 40],
      [40, 160],
    ],
    balancedAccuracy,
    { seed: 1 },
  );
  expect(low).toBeCloseTo(80 - 1.96 * 2, -0.3);
  expect(high).toBeCloseTo(80 + 1.96 * 2, -0.3);
});

function expectSame(ours: number | null, theirs: number | null): void {
  if (theirs === null || ours === null) expect(ours).toBe(theirs);
  else expect(ours).toBeCloseTo(theirs, 9);
}
