import { afterEach, expect, test, vi } from 'vitest';
import { useDenseProducts } from '../../../training/compile/dense-product.ts';
import { createGraph } from '../../../training/graph/graph.ts';
import { openSession } from '../../../training/graph/session.ts';
import { addVariable, assignCopy } from '../../../training/graph/variables.ts';
import { attribute } from '../../../training/tensorflow/tensorflow.ts';

afterEach(() => void vi.unstubAllEnvs());

// Panels have 32 or 64 columns, blocks at most 96 rows, and examples come in groups of 3 or 4: these have one and several, and edges.
test.each([
  [1, 2048, 32],
  [6, 96 * 7, 128],
  [32, 700, 133],
  [130, 500, 200],
])('the product to the bit: %i examples, %i inputs, %i outputs', (batch, inputs, outputs) => {
  const layer = layerOf(batch, inputs, outputs);
  expect(product(layer)).toEqual({ ops: ['DenseProduct'], y: expected(layer) });
});

test('the number of threads changes no bit', () => {
  const layer = layerOf(32, 700, 133);
  const one = product(layer);
  const three = product(layer, 3);
  expect(three).toEqual({ ops: ['ConcatV2', 'DenseProduct', 'DenseProduct', 'DenseProduct'], y: one.y });
});

test('more threads than columns leave some without a share', () => {
  const layer = layerOf(4, 2048, 32);
  expect(product(layer, 40).y).toEqual(product(layer).y);
});

test('small and narrow layers stay TensorFlow’s', () => {
  expect(product(layerOf(4, 64, 64)).ops).toEqual(['MatMul']);
  expect(product(layerOf(4, 7000, 10)).ops).toEqual(['MatMul']);
});

test('shapes that don’t fit are refused', () => {
  const layer = layerOf(4, 2048, 32);
  expect(() => product({ ...layer, inputs: 2047, x: layer.x.subarray(4) })).toThrow(
    /DenseProduct: expected x \[batch, in\] and weights \[in, out\]/,
  );
});

// --- helpers ---

interface Layer {
  batch: number;
  inputs: number;
  outputs: number;
  x: Float32Array;
  weights: Float32Array;
}

function layerOf(batch: number, inputs: number, outputs: number): Layer {
  const values = (count: number, step: number) =>
    Float32Array.from({ length: count }, (_, index) => ((index * step) % 1013) / 1013 - 0.4);
  return { batch, inputs, outputs, x: values(batch * inputs, 101), weights: values(inputs * outputs, 37) };
}

/** By a graph's MatMul, after the rewrite. `inputs` may differ from the weights'. */
function product(
  { batch, inputs, outputs, x, weights }: Layer,
  threads = 1,
): { ops: string[]; y: Float32Array } {
  vi.stubEnv('TF_NUM_INTEROP_THREADS', String(threads));
  const graph = createGraph();
  const shape = [weights.length / outputs, outputs];
  const variable = addVariable(graph, 'weights', 'float32', shape);
  const value = graph.placeholder('value', 'float32', shape);
  const set = graph.after('set', [assignCopy(graph, 'weights/assign', variable, value)]);
  const batchOf = graph.placeholder('x', 'float32', [batch, inputs]);
  const before = graph.nodes.length;
  const flags = ['transpose_a', 'transpose_b'].map((name) => attribute.flag(name, false));
  const y = graph.add(
    'y',
    'MatMul',
    [batchOf.output, variable.value],
    [attribute.type('T', 'float32'), ...flags],
  );
  useDenseProducts(graph, { variables: new Map([['weights', variable]]) });
  const ops = graph.nodes.slice(before).map(({ op }) => op);

  const session = openSession(graph.nodes);
  try {
    session.run([{ to: value, values: weights }], [set]);
    const [result] = session.run([{ to: batchOf, values: x }], [y]);
    return { ops: ops.filter((op) => op !== 'Const'), y: result as Float32Array };
  } finally {
    session.dispose();
  }
}

/** A product of two single-precision numbers is exact in double precision. So each sum rounds once, as a fused operation does. */
function expected({ batch, inputs, outputs, x, weights }: Layer): Float32Array {
  const y = new Float32Array(batch * outputs);
  for (let example = 0; example < batch; example++) {
    for (let row = 0; row < inputs; row++) {
      const factor = x[example * inputs + row] as number;
      for (let column = 0; column < outputs; column++) {
        const at = example * outputs + column;
        y[at] = Math.fround((weights[row * outputs + column] as number) * factor + (y[at] as number));
      }
    }
  }
  return y;
}
