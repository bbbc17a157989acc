import { afterEach, expect, test, vi } from 'vitest';
import { addDenseUpdate } from '../../../training/compile/dense-update.ts';
import { createGraph } from '../../../training/graph/graph.ts';
import { openSession } from '../../../training/graph/session.ts';
import { addVariable, assignCopy } from '../../../training/graph/variables.ts';
import { sgd } from '../../../training/optimizers/sgd.ts';
import type { DenseRule } from '../../../training/optimizers/update-rule.ts';

const MOMENTUM = Math.fround(0.9);
const LEARNING_RATE = Math.fround(0.02);

afterEach(() => void vi.unstubAllEnvs());

// Tiles are 4 × 64 or 6 × 16 weights: these have none, one and several, and all kinds of edges.
test.each([
  [1, 1, 1],
  [3, 5, 10],
  [32, 32, 64],
  [7, 37, 100],
  [130, 70, 133],
])('two steps of SGD to the bit: %i examples, %i inputs, %i outputs', (batch, inputs, outputs) => {
  const layer = layerOf(batch, inputs, outputs);
  expect(stepped(layer, 2)).toEqual(expected(layer, 2));
});

test('the number of threads changes no bit', () => {
  const layer = layerOf(32, 70, 133);
  const [one, two, three] = [1, 2, 3].map((threads) => stepped(layer, 2, threads));
  expect(two).toEqual(one);
  expect(three).toEqual(one);
});

test('shapes that don’t fit are refused', () => {
  const layer = layerOf(4, 8, 8);
  expect(() => stepped({ ...layer, outputs: 9 }, 1)).toThrow(
    /DenseUpdate: expected weights and slots \[in, out\]/,
  );
});

// --- helpers ---

interface Layer {
  batch: number;
  inputs: number;
  outputs: number;
  weights: Float32Array;
  x: Float32Array;
  dy: Float32Array;
}

function layerOf(batch: number, inputs: number, outputs: number): Layer {
  const values = (count: number, step: number) =>
    Float32Array.from({ length: count }, (_, index) => ((index * step) % 1013) / 1013 - 0.4);
  return {
    batch,
    inputs,
    outputs,
    weights: values(inputs * outputs, 37),
    x: values(batch * inputs, 101),
    dy: values(batch * outputs, 59),
  };
}

/** Weights and velocity after steps of the operation from velocity 0. `outputs` may differ from the arrays' own. */
function stepped(
  { batch, inputs, outputs, weights, x, dy }: Layer,
  steps: number,
  threads = 1,
): Float32Array[] {
  vi.stubEnv('TF_NUM_INTEROP_THREADS', String(threads));
  const graph = createGraph();
  const shape = [inputs, weights.length / inputs];
  const parameter = addVariable(graph, 'weights', 'float32', shape);
  const velocity = addVariable(graph, 'velocity', 'float32', shape);
  const value = graph.placeholder('value', 'float32', shape);
  const zeros = graph.placeholder('zeros', 'float32', shape);
  const set = graph.after('set', [
    assignCopy(graph, 'weights/assign', parameter, value),
    assignCopy(graph, 'velocity/assign', velocity, zeros),
  ]);
  const inputOf = (name: string, columns: number) => graph.placeholder(name, 'float32', [batch, columns]);
  const factors = { x: inputOf('x', inputs), dy: inputOf('dy', outputs) };
  const rate = graph.placeholder('rate', 'float32', []);
  const updates = addDenseUpdate(
    graph,
    { name: 'update', parameter, slots: [velocity], scalars: [rate.output] },
    { x: factors.x.output, dy: factors.dy.output },
    sgd({ momentum: MOMENTUM }).dense as DenseRule,
  );
  const step = graph.after('step', updates);

  const session = openSession(graph.nodes);
  try {
    session.run(
      [
        { to: value, values: weights },
        { to: zeros, values: new Float32Array(weights.length) },
      ],
      [set],
    );
    for (let index = 0; index < steps; index++) {
      session.run(
        [
          { to: factors.x, values: x },
          { to: factors.dy, values: dy.length === batch * outputs ? dy : new Float32Array(batch * outputs) },
          { to: rate, values: Float32Array.of(LEARNING_RATE) },
        ],
        [step],
      );
    }
    return session.run([], [parameter.value, velocity.value]) as Float32Array[];
  } finally {
    session.dispose();
  }
}

/** A product of two single-precision numbers is exact in double precision. So each line rounds once, as a fused operation does. */
function expected({ batch, inputs, outputs, weights, x, dy }: Layer, steps: number): Float32Array[] {
  const after = Float32Array.from(weights);
  const velocity = new Float32Array(weights.length);
  for (let step = 0; step < steps; step++) {
    for (let row = 0; row < inputs; row++) {
      for (let column = 0; column < outputs; column++) {
        let gradient = 0;
        for (let example = 0; example < batch; example++) {
          const product = (x[example * inputs + row] as number) * (dy[example * outputs + column] as number);
          gradient = Math.fround(product + gradient);
        }
        const at = row * outputs + column;
        velocity[at] = (velocity[at] as number) * MOMENTUM + gradient;
        after[at] = (after[at] as number) - (velocity[at] as number) * LEARNING_RATE;
      }
    }
  }
  return [after, velocity];
}
