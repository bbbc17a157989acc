import { expect, it } from 'vitest';
import { meanInWords, resultInWords, winnersScoreInWords } from '../../words/outcome.ts';
import { testScoreInLine } from '../../words/test-score.ts';
import { changesInWords, testScoreInWords, verdictInWords } from '../../words/verdict.ts';

const spaced = (text: string) => text.replaceAll('\u00a0', ' ');
const ended = { status: 'trained', outcome: 'completed' } as const;

it('says which measure a score has, in its unit, unless it is accuracy', () => {
  expect(resultInWords({ ...ended, score: 71.2, bestEpoch: 4, measure: 'macro F1' })).toBe(
    'macro F1 71.20 % (epoch 4)',
  );
  expect(resultInWords({ ...ended, score: 0.43122, bestEpoch: 4, measure: 'loss' })).toBe(
    'loss 0.4312 (epoch 4)',
  );
  const stopped = { epoch: 2, score: 1.5 };
  expect(
    resultInWords({
      status: 'stopped',
      outcome: null,
      score: null,
      bestEpoch: null,
      measure: 'loss',
      stopped,
    }),
  ).toBe('stopped at epoch 2 with loss 1.5000');
  expect(spaced(meanInWords({ score: 0.5, deviation: 0.0123, runs: 3, measure: 'loss' }))).toBe(
    'loss 0.5000 on average over 3 runs, deviation 0.0123 nats',
  );
  expect(winnersScoreInWords({ score: 99, measure: 'top-5' })).toBe('top-5 accuracy 99.00 %');
});

it('says the final test in a line', () => {
  const test = { images: 80, accuracy: 83.75, loss: 0.4 };
  expect(testScoreInLine(test, 'test rows')).toBe('83.75 % of 80 test rows');
  expect(testScoreInLine({ ...test, measure: 'macro F1', score: 71.2 }, 'test rows')).toBe(
    'macro F1 71.20 % on 80 test rows, accuracy 83.75 %',
  );
  const runs = [
    { accuracy: 83, score: 0.3 },
    { accuracy: 84.5, score: 0.5 },
  ];
  expect(spaced(testScoreInLine({ ...test, measure: 'loss', score: 0.4, runs }, 'test rows'))).toBe(
    'loss 0.4000 on 80 test rows on average over 2 runs (0.3000 and 0.5000), accuracy 83.75 %',
  );
});

it('says a lead in nats, and that single runs are not compared in another measure than accuracy', () => {
  const paired = { seeds: 3, mean: 0.02, deviation: 0.01, interval: { low: 0.004, high: 0.036 }, p: 0.03 };
  const closest = { name: 'b', difference: 0.02, onImages: null } as const;
  const clear = { ...closest, kind: 'clear', seeds: 3, paired, p: 0.03 } as const;
  expect(
    spaced(
      verdictInWords('a', { kind: 'clear', seedsToTell: null, rivals: 1, closest: clear, measure: 'loss' }),
    ),
  ).toBe('Clear: a is ahead of b, by 0.0200 nats (95 % interval 0.0040 to 0.0360, p 0.03; 3 seeds).');
  const single = {
    ...closest,
    kind: 'not told apart',
    difference: 2,
    seeds: 1,
    paired: null,
    p: null,
  } as const;
  const verdict = { kind: single.kind, seedsToTell: null, rivals: 1, closest: single } as const;
  expect(spaced(verdictInWords('a', { ...verdict, measure: 'macro F1' }))).toBe(
    'Not told apart: a and b, with a difference of 2.00 points (one seed: two single runs are not compared in macro F1). ' +
      'Only repeats can make a lead clear, with three seeds or more.',
  );
  expect(spaced(verdictInWords('a', verdict, { example: 'row' }))).toContain('lacks which rows the two runs');
});

it('says what a change does in nats', () => {
  const overall = { seeds: 4, mean: -0.05, deviation: 0.01, interval: { low: -0.07, high: -0.03 }, p: 0.01 };
  const pair = { name: 'a_b', of: 'a', seeds: 2, difference: -0.05, paired: null, onImages: null };
  expect(spaced(changesInWords({ pairs: [pair], overall, measure: 'loss' }))).toBe(
    'On average over 4 pairs of runs with the same seed, the change moves the score by −0.0500 nats ' +
      '(95 % interval −0.0700 to −0.0300, p 0.01).',
  );
});

it('says the score of a test with its interval, and over several runs with its deviation', () => {
  const interval = { low: 80, high: 90 };
  const run = { trial: 'a', trialKey: 'a', seed: 1, accuracy: 85, loss: 0.4, interval };
  const mean = { accuracy: 85, loss: 0.4, deviation: null, interval, score: 71.2, scoreDeviation: null };
  const scored = { ...run, score: 71.2, scoreInterval: { low: 65, high: 77.2 } };
  expect(testScoreInWords({ runs: [scored], mean }, 'macro F1')).toBe(
    '71.20 % (95 % interval 65.00 to 77.20)',
  );
  const runs = [
    { ...run, score: 0.3 },
    { ...run, score: 0.5 },
  ];
  expect(
    spaced(testScoreInWords({ runs, mean: { ...mean, score: 0.4, scoreDeviation: 0.1414 } }, 'loss')),
  ).toBe('0.4000 on average over 2 seeds (deviation over the seeds 0.1414 nats: 0.3000 and 0.5000)');
});
