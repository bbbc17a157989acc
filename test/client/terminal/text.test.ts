import { afterEach, expect, it, vi } from 'vitest';
import { red } from '../../../client/terminal/text.ts';

const isTTY = Object.getOwnPropertyDescriptor(process.stdout, 'isTTY');
afterEach(() => {
  vi.unstubAllEnvs();
  Object.defineProperty(process.stdout, 'isTTY', isTTY ?? { value: undefined, configurable: true });
});

it.each([
  ['a terminal', true, {}, '\u001b[31mred\u001b[39m'],
  ['a terminal with NO_COLOR', true, { NO_COLOR: '1' }, 'red'],
  ['a pipe', false, {}, 'red'],
  ['a pipe with FORCE_COLOR', false, { FORCE_COLOR: '1' }, '\u001b[31mred\u001b[39m'],
])('%s', (_where, isTerminal, env: Record<string, string>, text) => {
  for (const name of ['FORCE_COLOR', 'NO_COLOR']) vi.stubEnv(name, env[name]);
  Object.defineProperty(process.stdout, 'isTTY', { value: isTerminal, configurable: true });
  expect(red('red')).toBe(text);
});
