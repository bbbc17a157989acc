import { expect, test } from 'vitest';
import { backend, type Tensor, tf } from '../../../training/tensorflow/tensorflow.ts';
import { NotTraceableError } from '../../../training/trace/not-traceable.ts';
import { openBatch } from '../../../training/trace/open-batch.ts';
import { trace } from '../../../training/trace/trace.ts';

const traceOn = (size: number, run: (x: Tensor) => Tensor) => {
  const x = tf.ones([size, 4]);
  try {
    return { trace: trace({ x }, () => ({ y: run(x) })), batchSize: size };
  } finally {
    x.dispose();
  }
};

/** Traced with two batch sizes, like a network. */
const opened = (run: (x: Tensor) => Tensor) => openBatch(traceOn(2, run), traceOn(3, run));

test('operations are traced in order, and no tensor is left', () => {
  const before = [tf.memory().numTensors, backend.binding.getNumOfTensors()];
  const { entries, outputs } = traceOn(2, (x) => tf.relu(tf.mul(x, 3))).trace;
  expect(entries.map((entry) => (entry.kind === 'operation' ? entry.op : entry.kind))).toEqual([
    'constant',
    'Mul',
    'Relu',
  ]);
  expect(outputs.get('y')).toEqual({ entry: 2, output: 0 });
  expect([tf.memory().numTensors, backend.binding.getNumOfTensors()]).toEqual(before);
});

test('refuses a value read into JavaScript, and names its operation', () => {
  const { binding } = backend;
  const reading = () => traceOn(2, (x) => tf.mul(x, tf.sum(x).dataSync()[0] as number));
  expect(reading).toThrow(NotTraceableError);
  expect(reading).toThrow('a step read the result of Sum into JavaScript');
  expect(backend.binding).toBe(binding);
});

test('refuses a tensor created before, and names the operation that takes it', () => {
  const elsewhere = tf.add(tf.scalar(1), 1);
  expect(() => traceOn(2, (x) => tf.sub(x, elsewhere))).toThrow(
    'input 1 of Sub was created before tracing began and is not an input of the step',
  );
  elsewhere.dispose();
});

test('the batch size in a shape is opened, wherever it is', () => {
  const { entries } = opened((x) => tf.transpose(tf.reshape(x, [2, x.shape[0], 2]), [1, 0, 2]));
  expect(entries[0]).toEqual({ kind: 'shape', before: [2], multiple: 1, after: [2] });
});

test('a multiple of the batch size is opened too', () => {
  const { entries } = opened((x) => tf.reshape(x, [2 * (x.shape[0] as number), 2]));
  expect(entries[0]).toEqual({ kind: 'shape', before: [], multiple: 2, after: [2] });
});

test.each<[string, (x: Tensor) => Tensor, RegExp]>([
  [
    'a constant as large as the batch',
    (x) => tf.mul(x, tf.ones(x.shape)),
    /a constant of shape \[2, 4\], taken by Mul, depends on the number of images/,
  ],
  [
    'a shape with the batch size twice',
    (x) => tf.mul(tf.fill([x.shape[0] as number, x.shape[0] as number], 1), tf.sum(x)),
    /a constant of shape \[2\], taken by Fill, depends/,
  ],
  [
    'a shape with the batch size plus one',
    (x) => tf.fill([(x.shape[0] as number) + 1], 1),
    /a constant of shape \[1\], taken by Fill, depends/,
  ],
  [
    'one divided by the batch size',
    (x) => tf.mul(x, 1 / (x.shape[0] as number)),
    /a constant of shape \[\], taken by Mul, depends/,
  ],
  [
    'more operations for more images',
    (x) => ((x.shape[0] as number) > 2 ? tf.relu(tf.relu(x)) : tf.relu(x)),
    /1 operations for 2 images and 2 for 3/,
  ],
])('refuses %s', (_what, run, message) => {
  expect(() => opened(run)).toThrow(NotTraceableError);
  expect(() => opened(run)).toThrow(message);
});
