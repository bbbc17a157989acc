import { expect, it } from 'vitest';
import { describeInterruption } from '../../../client/terminal/interruption.ts';

it('says whether the study stops with the command', () => {
  expect(describeInterruption(undefined, true)).toBe('Stopped before the study started.');
  expect(describeInterruption('mine', false)).toMatch(/resume the study, run the same command again\.$/);
  const continues = describeInterruption('mine', true);
  expect(continues).toMatch(/mine continues/);
  expect(continues).toMatch(/npx staged-study watch mine\n.*npx staged-study cancel mine$/);
});
