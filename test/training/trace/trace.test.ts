import { expect, test } from 'vitest';
import { backend, type Tensor, tf } from '../../../training/tensorflow/tensorflow.ts';
import { NotRecordableError } from '../../../training/trace/not-traceable.ts';
import { openBatch } from '../../../training/trace/open-batch.ts';
import { record } from '../../../training/trace/trace.ts';

const recordOn = (size: number, run: (x: Tensor) => Tensor) => {
  const x = tf.ones([size, 4]);
  try {
    return { recording: record({ x }, () => ({ y: run(x) })), batchSize: size };
  } finally {
    x.dispose();
  }
};

/** Recorded at two sizes, as a network is. */
const opened = (run: (x: Tensor) => Tensor) => openBatch(recordOn(2, run), recordOn(3, run));

test('operations are written down in order, and no tensor is left', () => {
  const before = [tf.memory().numTensors, backend.binding.getNumOfTensors()];
  const { recording } = recordOn(2, (x) => tf.relu(tf.mul(x, 3)));
  expect(recording.entries.map((entry) => (entry.kind === 'operation' ? entry.op : entry.kind))).toEqual([
    'constant',
    'Mul',
    'Relu',
  ]);
  expect(recording.outputs.get('y')).toEqual({ entry: 2, output: 0 });
  expect([tf.memory().numTensors, backend.binding.getNumOfTensors()]).toEqual(before);
});

test('a value read into JavaScript is refused, with the operation that made it', () => {
  const { binding } = backend;
  const reading = () => recordOn(2, (x) => tf.mul(x, tf.sum(x).dataSync()[0] as number));
  expect(reading).toThrow(NotRecordableError);
  expect(reading).toThrow('a step read the result of Sum into JavaScript');
  expect(backend.binding).toBe(binding);
});

test('a tensor from elsewhere is refused, with the operation that takes it', () => {
  const elsewhere = tf.add(tf.scalar(1), 1);
  expect(() => recordOn(2, (x) => tf.sub(x, elsewhere))).toThrow(
    'input 1 of Sub was made before recording began, and is no input of the step',
  );
  elsewhere.dispose();
});

test('shapes are freed from the size of the batch, wherever they have it', () => {
  const { entries } = opened((x) => tf.transpose(tf.reshape(x, [2, x.shape[0], 2]), [1, 0, 2]));
  expect(entries[0]).toEqual({ kind: 'shape', before: [2], multiple: 1, after: [2] });
});

test('and from multiples of it', () => {
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
    'a shape that has it twice',
    (x) => tf.mul(tf.fill([x.shape[0] as number, x.shape[0] as number], 1), tf.sum(x)),
    /a constant of shape \[2\], taken by Fill, depends/,
  ],
  [
    'a shape with more than a multiple of it',
    (x) => tf.fill([(x.shape[0] as number) + 1], 1),
    /a constant of shape \[1\], taken by Fill, depends/,
  ],
  [
    'a share of the batch',
    (x) => tf.mul(x, 1 / (x.shape[0] as number)),
    /a constant of shape \[\], taken by Mul, depends/,
  ],
  [
    'more operations for more images',
    (x) => ((x.shape[0] as number) > 2 ? tf.relu(tf.relu(x)) : tf.relu(x)),
    /1 operations for 2 images and 2 for 3/,
  ],
])('refuses %s', (_what, run, message) => {
  expect(() => opened(run)).toThrow(NotRecordableError);
  expect(() => opened(run)).toThrow(message);
});
