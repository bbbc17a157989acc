import { describe, expect, it } from 'vitest';
import type { OtherMeasure } from '../../../study/trial/measure.ts';
import { bestEpoch, scoreIn } from '../../../study/trial/trial.ts';
import { evaluate, scoreInTrainingMode } from '../../../training/loop/evaluate.ts';
import { createPauses } from '../../../training/loop/event-loop.ts';
import { runTrial, type TrialRequest } from '../../../training/loop/run-trial.ts';
import type { NamedTensors } from '../../../training/tensorflow/named-tensors.ts';
import scikitLearn from '../../study/statistics/scikit-learn.json' with { type: 'json' };
import { configOf, dense } from '../configs.ts';
import { easyImages, range } from '../easy-images.ts';

const MEASURES: OtherMeasure[] = ['balanced accuracy', 'macro F1', 'top-5', 'loss'];

describe.each(scikitLearn.cases)('$name', ({ classes, labels, logits, scores }) => {
  it.each(['accuracy', ...MEASURES] as const)('%s is that of scikit-learn', async (measure) => {
    const theirs = (scores as Partial<typeof scores>)[measure];
    if (theirs === undefined) return;
    const rows = { pixels: Float32Array.from(logits.flat()), labels: Uint16Array.from(labels) };
    const { score } = await evaluate(
      configOf(dense()),
      { shape: [classes], classes },
      identity(classes),
      rows,
      range(0, labels.length),
      { measure: measure === 'accuracy' ? undefined : measure },
    );
    expect(score).toBeCloseTo(theirs, measure === 'loss' ? 5 : 9);
  });
});

describe('a trial that is ranked by another measure', () => {
  it.each(MEASURES)('%s decides its best epoch, and nothing else', async (rankBy) => {
    const usual = await train();
    const trial = await train(rankBy);
    const withoutScore = trial.lines.map(({ val_score: _, seconds: __, ...line }) => line);
    expect(withoutScore).toEqual(usual.lines.map(({ seconds: _, ...line }) => line));
    const scores = trial.lines.map((line) => scoreIn(line, rankBy));
    const best = rankBy === 'loss' ? Math.min(...scores) : Math.max(...scores);
    expect(trial.best?.epoch).toBe(scores.indexOf(best) + 1);
    expect(bestEpoch(trial.lines, rankBy)?.epoch).toBe(trial.best?.epoch);
    const { config, images, validation } = request;
    const again = await evaluate(
      config,
      request.input,
      trial.best?.weights as NamedTensors,
      images,
      validation,
      {
        measure: rankBy,
      },
    );
    expect(again.score).toBe(best);
    const { epoch, weights } = trial.best!;
    const held = { images, indices: validation, flips: undefined };
    const seeds = { seed: request.seed, epoch };
    expect(trial.scoreInTrainingMode).toBe(
      await scoreInTrainingMode(config, request.input, weights, held, seeds, createPauses(), rankBy),
    );
  });

  it('its measure chooses another epoch than accuracy where they disagree', async () => {
    const [byAccuracy, byLoss] = [await train(), await train('loss')];
    expect(byLoss.best?.epoch).not.toBe(byAccuracy.best?.epoch);
  });
});

// --- helpers ---

/** A network without hidden layers whose logits are its inputs. */
function identity(classes: number): NamedTensors {
  const weight = new Float32Array(classes * classes);
  for (let label = 0; label < classes; label++) weight[label * classes + label] = 1;
  return new Map([
    ['layers.0.weight', { shape: [classes, classes], data: weight }],
    ['layers.0.bias', { shape: [classes], data: new Float32Array(classes) }],
  ]);
}

/** Noise to learn by heart: the validation loss rises while the accuracy wanders. */
const request: Omit<TrialRequest, 'onEpoch' | 'onProgress' | 'onAlive' | 'signal'> = {
  config: configOf(dense(64), { epochs: 6, batchSize: 16, dropout: 0.3, learningRate: 0.05 }),
  input: { shape: [32, 32, 3], classes: 10 },
  seed: 1,
  images: {
    ...easyImages(200),
    labels: Uint8Array.from({ length: 200 }, (_, image) => (image * image + 3) % 10),
  },
  training: range(0, 140),
  validation: range(140, 200),
};

function train(rankBy?: OtherMeasure) {
  return runTrial({
    ...request,
    rankBy,
    onEpoch: async () => {},
    onProgress: () => {},
    onAlive: () => {},
    signal: new AbortController().signal,
  });
}
