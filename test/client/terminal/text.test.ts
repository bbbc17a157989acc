import { WriteStream } from 'node:tty';
import { afterEach, expect, it, vi } from 'vitest';
import { red } from '../../../client/terminal/text.ts';

const isTTY = Object.getOwnPropertyDescriptor(process.stdout, 'isTTY');
const { hasColors, getColorDepth } = process.stdout;
afterEach(() => {
  vi.unstubAllEnvs();
  Object.defineProperty(process.stdout, 'isTTY', isTTY ?? { value: undefined, configurable: true });
  Object.assign(process.stdout, { hasColors, getColorDepth });
});

it.each([
  ['in a terminal', true, { TERM: 'xterm' }, '\u001b[31mred\u001b[39m'],
  ['in a terminal with NO_COLOR', true, { TERM: 'xterm', NO_COLOR: '1' }, 'red'],
  ['in a terminal that has no colours', true, { TERM: 'dumb' }, 'red'],
  ['without a terminal', false, { TERM: 'xterm' }, 'red'],
])('%s', (_where, isTerminal, env: Record<string, string>, text) => {
  for (const name of ['FORCE_COLOR', 'NO_COLOR', 'NODE_DISABLE_COLORS', 'COLORTERM', 'CI', 'TMUX'])
    vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  Object.defineProperty(process.stdout, 'isTTY', { value: isTerminal, configurable: true });
  const { prototype } = WriteStream;
  Object.assign(process.stdout, { hasColors: prototype.hasColors, getColorDepth: prototype.getColorDepth });
  expect(red('red')).toBe(text);
});
