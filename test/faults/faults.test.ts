import { expect, test } from 'vitest';
import { randomStream } from '../../study/trial/random-stream.ts';
import { faults } from './faults.ts';
import { tinyStudy } from './small-study.ts';
import { survives, undisturbed } from './survive.ts';

const QUICK = [
  'SIGKILL of a trainer',
  'SIGKILL of the training worker',
  'SIGKILL of MinIO',
  'the newest checkpoint is flipped in a byte',
];

// `npm run test:faults` has all of them, and as many as asked for.
test('a study ends with the same record, to the bit, whatever was killed meanwhile', async () => {
  const expected = await undisturbed(tinyStudy);
  const choices = faults.filter(({ name }) => QUICK.includes(name));
  expect(choices).toHaveLength(QUICK.length);
  expect(await survives(tinyStudy, expected, choices, randomStream('faults', 1), 3)).not.toEqual([]);
});
