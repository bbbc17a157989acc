import { expect, test } from 'vitest';
import { requirements, steps } from '../../../bench/sections/steps.ts';
import { summarise } from '../../../bench/timing/statistics.ts';
import type { StepTimes } from '../../../bench/timing/step-times.ts';

const times = (...values: number[]) => summarise(values, 0);

const mlp: StepTimes = {
  network: 'MLP',
  batchSize: 32,
  threads: 1,
  ours: times(4, 4.1, 3.9),
  peers: {
    PyTorch: { variant: 'fused', time: times(9) },
    TensorFlow: { variant: 'tf.function', time: times(5, 5.1, 4.9) },
  },
  variants: { PyTorch: { plain: 9.5, fused: 9 }, TensorFlow: { 'tf.function': 5, jit_compile: 6 } },
  bfloat16: 3,
  failed: { 'torch.compile (compile)': 'no compiler' },
  hopeless: [],
  fastestPeer: 'TensorFlow',
  ratio: 1.25,
  outsideShare: 0.2,
};
const resnet: StepTimes = {
  ...mlp,
  network: 'rn50',
  batchSize: 128,
  threads: 2,
  ours: times(400, 390, 410),
  peers: { JAX: { variant: 'jit', time: times(380, 360, 395) } },
  bfloat16: null,
  failed: {},
  fastestPeer: 'JAX',
  ratio: 0.95,
  outsideShare: 0.0012,
};

const rows = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.slice(2, -2).split(' | '));

test('a row has each peer with its best variant, the ratio to the fastest, and who is ahead', () => {
  const [header, , ...found] = rows(steps.markdown([mlp, resnet]));
  const cells = (row: string[] = []) => Object.fromEntries(header!.map((name, index) => [name, row[index]]));
  expect(cells(found[0])).toEqual({
    network: 'MLP',
    batch: '32',
    'ours, ms': '4.00 (3.90–4.10)',
    'PyTorch, ms': '9.00 fused',
    'TensorFlow, ms': '5.00 (4.90–5.10) tf.function',
    'JAX, ms': '–',
    'for information: PyTorch, bf16, ms': '3.00',
    'images/s: ours / fastest peer': '8000 / 6400',
    ratio: '1.25',
    'ours is': 'ahead',
  });
  expect(cells(found[1])).toMatchObject({ 'JAX, ms': '380 (360–395) jit', ratio: '0.95', 'ours is': 'even' });
});

test('peers that failed are listed', () => {
  expect(steps.markdown([mlp])).toContain('- MLP, batch 32, torch.compile (compile): no compiler');
  expect(steps.markdown([resnet])).not.toContain('Not measured');
});

test('requirements cover the mean of all steps, the worst step and the time outside TensorFlow', () => {
  expect(rows(requirements([mlp, resnet])).slice(2)).toEqual([
    ['geometric mean of the ratios of all 2 rows', '1.09', 'at least 1.1: missed'],
    ['least ratio: rn50, batch 128', '0.95', 'at least 0.95: reached'],
    ['share of a step spent outside TensorFlow: rn50, batch 128', '0.12 %', 'under 2 %: reached'],
  ]);
});

test('a step below the least ratio counts only outside the noise', () => {
  const slow = (peer: number[]) => ({
    ...resnet,
    ratio: 0.9,
    peers: { JAX: { variant: 'jit', time: times(...peer) } },
  });
  expect(requirements([slow([360, 350, 395])])).toContain('| 0.90 | at least 0.95: even |');
  expect(requirements([slow([360, 350, 365])])).toContain('| 0.90 | at least 0.95: missed |');
});
