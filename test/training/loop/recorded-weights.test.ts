import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { NUMERICS } from '../../../study/trial/trial.ts';

const program = fileURLToPath(new URL('train-recorded.ts', import.meta.url));
const recorded = JSON.parse(readFileSync(new URL('recorded-weights.json', import.meta.url), 'utf8'));

test('trials of the shipped study end with the weights that they have always had with these numerics', async ({
  skip,
}) => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', program]);
  const { machine, weights } = JSON.parse(stdout);
  expect(recorded.numerics).toBe(NUMERICS);
  skip(!recorded.weights[machine], `no weights are recorded of this kind of machine: ${machine}`);
  expect(weights).toEqual(recorded.weights[machine]);
});
