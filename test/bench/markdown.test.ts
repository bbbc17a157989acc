import { expect, test } from 'vitest';
import type { BenchResults } from '../../bench/bench-results.ts';
import { markdownOf } from '../../bench/markdown.ts';
import { summarise } from '../../bench/timing/statistics.ts';

const times = (...values: number[]) => summarise(values, 0);

const results: BenchResults = {
  command: 'npm run bench',
  startedAt: '2026-05-04T03:02:01.000Z',
  minutes: 17.6,
  machine: {
    cpu: 'A processor',
    cores: 2,
    memoryGigabytes: 8,
    versions: { Node: '22.12.0', torch: '2.15.0' },
  },
  steps: [
    {
      network: 'MLP',
      batchSize: 32,
      fastestPeer: 'tf.function',
      ratio: 1.234,
      floor: 1,
      milliseconds: {
        ours: times(4, 4.1, 3.9),
        PyTorch: { ...times(12.34, 12, 13), disturbed: 1 },
        'tf.function': times(5, 5.1, 4.9),
        'tfjs-node': times(200),
      },
      failed: { 'torch.compile': 'exit code 1. no compiler' },
      outsideShare: 0.2,
    },
    {
      network: 'rn50',
      batchSize: 128,
      fastestPeer: 'PyTorch, channels last',
      ratio: 0.9,
      floor: 1,
      milliseconds: { ours: times(400), 'PyTorch, channels last': times(360) },
      failed: {},
      outsideShare: 0.0012,
    },
  ],
  epochs: [
    {
      network: 'MLP',
      ours: times(2),
      peer: times(7),
      projectedFrom: null,
      ratio: 3.5,
      floor: 3,
    },
    {
      network: 'rn50',
      ours: times(100),
      peer: times(105),
      projectedFrom: 200,
      ratio: 1.05,
      floor: 1.1,
    },
  ],
  firstStep: { seconds: times(2.1, 2.2, 2), limit: 3 },
  memory: { ours: times(1700), peer: times(1000), limit: 1.3 },
  studies: null,
};

const rows = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

test('the page has the machine, the time and the command', () => {
  expect(markdownOf(results)).toContain(
    '`npm run bench`, started 2026-05-04 03:02 UTC, 18 minutes. A processor, 2 cores, 8 GB. Node 22.12.0, torch 2.15.0.',
  );
});

test('steps show medians with ranges, images per second, the ratio and whether it reaches its floor', () => {
  const [header, , mlp, resnet] = rows(markdownOf(results));
  expect(header).toEqual([
    'network',
    'batch',
    'ours, ms',
    'PyTorch, ms',
    'tf.function, ms',
    'tfjs-node, ms',
    'torch.compile, ms',
    'PyTorch, channels last, ms',
    'images/s: ours / fastest peer',
    'ratio',
    'floor',
  ]);
  expect(mlp).toEqual([
    'MLP',
    '32',
    '4.00 (3.90–4.10)',
    '12.3 (12.0–13.0)\\*',
    '5.00 (4.90–5.10)',
    '200',
    '–',
    '–',
    '8000 / 6400',
    '1.23',
    '1: reached',
  ]);
  expect(resnet?.slice(-3)).toEqual(['320 / 356', '0.90', '1: missed']);
});

test('failed peers are listed with the reason', () => {
  expect(markdownOf(results)).toContain('- MLP, batch 32, torch.compile: exit code 1. no compiler');
  const measured = { ...results, steps: results.steps.slice(1) };
  expect(markdownOf(measured)).not.toContain('Not measured');
});

test('epochs say whether they were complete', () => {
  const all = rows(markdownOf(results));
  expect(all).toContainEqual(['MLP', '2.00', 'a complete epoch', '7.00', '3.50', '3: reached']);
  expect(all).toContainEqual(['rn50', '100', 'projected from 200 steps', '105', '1.05', '1.1: missed']);
});

test('memory and start are judged by their limits, and left out if they were not measured', () => {
  const all = rows(markdownOf(results)).map((cells) => cells.slice(1));
  expect(all).toContainEqual(['0.12 %', 'under 2 %: reached']);
  expect(all).toContainEqual(['1700 / 1000 MiB, 1.70 times', 'at most 1.3 times: missed']);
  expect(all).toContainEqual(['2.10 (2.00–2.20) s', 'under 3 s: reached']);
  const without = markdownOf({ ...results, firstStep: null, memory: null });
  expect(without).not.toMatch(/memory|first step/);
});
