import { expect, it } from 'vitest';
import type { LeadRecord } from '../../study/record/comparison-record.ts';
import {
  changesInWords,
  optimismInWords,
  testInWords,
  verdictInWords,
  verdictLabel,
} from '../../words/verdict.ts';

const paired = { seeds: 3, mean: 1.2, deviation: 0.4, interval: { low: -0.2, high: 2.6 }, p: 0.06 };
const onImages = { images: 400, onlyWinner: 30, onlyRival: 12, p: 0.0081, interval: { low: 1, high: 8 } };
const lead: LeadRecord = { name: 'b', kind: 'likely', seeds: 3, difference: 1.2, paired, p: 0.06, onImages };

it('says how sure a lead over several seeds is, and how many seeds would tell', () => {
  const likely = { kind: 'likely' as const, seedsToTell: 5, rivals: 3, closest: lead };
  expect(spaced(verdictInWords('a', likely))).toBe(
    'Likely: a is ahead of b, the hardest of 3 others to tell apart, by 1.20 points (95 % interval −0.20 to 2.60, p 0.06; 3 seeds). About 5 seeds would tell.',
  );
  const clear = { ...likely, kind: 'clear' as const, rivals: 1, seedsToTell: null };
  expect(spaced(verdictInWords('a', clear, { named: (name) => `\`${name}\`` }))).toMatch(
    /^Clear: `a` is ahead of `b`, by .* 3 seeds\)\.$/,
  );
  const apart = { ...likely, kind: 'not told apart' as const, seedsToTell: null };
  expect(verdictInWords('a', apart)).toContain('More than 100 seeds would be needed to tell.');
});

it('says if the winner is behind', () => {
  const closest = { ...lead, kind: 'not told apart' as const, difference: -1.2 };
  const behind = { kind: 'not told apart' as const, seedsToTell: 40, rivals: 1, closest };
  expect(spaced(verdictInWords('a', behind))).toMatch(/^Not ahead: a is behind b, by 1.20 points \(.*\)\.$/);
});

it('says at most that two runs differ if there is one seed', () => {
  const closest = { ...lead, seeds: 1, paired: null, p: 0.0081 };
  const differ = { kind: 'runs differ' as const, seedsToTell: null, rivals: 1, closest };
  expect(verdictLabel(differ)).toBe('these two runs differ');
  expect(spaced(verdictInWords('a', differ))).toBe(
    'These two runs differ: a is ahead of b, by 1.20 points (one seed: of 400 validation images, 30 are right with the first run alone ' +
      'and 12 with the second; 95 % interval 1.00 to 8.00, p 0.0081). Another seed may reverse it: only repeats can make a lead clear, ' +
      'with three seeds or more.',
  );
  const bare = {
    ...differ,
    kind: 'not told apart' as const,
    closest: { ...closest, onImages: null, p: null },
  };
  expect(spaced(verdictInWords('a', bare))).toContain(
    'Not told apart: a and b, with a difference of 1.20 points (one seed; the store lacks which images',
  );
});

it('says what a change does, over all pairs or image by image', () => {
  const pair = { name: 'a_leak', of: 'a', seeds: 1, difference: -1.2, paired: null, onImages };
  expect(spaced(changesInWords({ pairs: [pair, pair, pair], overall: { ...paired, mean: -0.05 } }))).toBe(
    'On average over 3 pairs of runs with the same seed, the change moves the score by −0.05 points (95 % interval −0.20 to 2.60, p 0.06).',
  );
  expect(spaced(changesInWords({ pairs: [pair], overall: null }))).toContain(
    'The change moves the score of a by −1.20 points',
  );
  expect(changesInWords({ pairs: [], overall: null })).toBe('No run can be compared with an ordinary one.');
});

it('gives a test with its interval, over all seeds, and what choosing has added', () => {
  const run = (accuracy: number) => ({
    trial: 'a',
    trialKey: 'f'.repeat(64),
    seed: 1,
    accuracy,
    loss: 1,
    interval: { low: 60, high: 70 },
  });
  const mean = { accuracy: 66, loss: 1, deviation: null, interval: { low: 65.07, high: 66.92 } };
  expect(testInWords({ runs: [run(66)], mean })).toBe('66.00 % (95 % interval 65.07 to 66.92)');
  expect(spaced(testInWords({ runs: [run(65), run(67)], mean: { ...mean, deviation: 1.41 } }))).toBe(
    '66.00 % on average over 2 seeds (95 % interval 65.07 to 66.92 for the images; deviation over the seeds 1.41 points: 65.00 % and 67.00 %)',
  );
  expect(
    spaced(optimismInWords({ points: 0.21, candidates: 11, runs: 13, epochs: 550, images: 10_000 })),
  ).toBe(
    'Choosing the best epoch of the best of 11 candidates (13 runs, 550 epochs) has added about +0.21 points to its accuracy on the ' +
      '10,000 validation images.',
  );
});

// --- helpers ---

function spaced(text: string): string {
  return text.replaceAll('\u00a0', ' ');
}
