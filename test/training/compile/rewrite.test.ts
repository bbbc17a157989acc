import { expect, test } from 'vitest';
import { poolBeforeRelu } from '../../../training/compile/rewrite.ts';
import { createGraph } from '../../../training/graph/graph.ts';

/** The gradients behind a pooled ReLU, and who takes them. */
function gradients(poolInput: string, pooledToo: boolean) {
  const graph = createGraph();
  graph.add('y', 'Relu', ['x:0'], []);
  graph.add('p', 'MaxPool', [poolInput], []);
  graph.add('dy', 'MaxPoolGrad', [poolInput, 'p:0', 'dp:0'], []);
  if (pooledToo) graph.add('other', 'Neg', ['dy:0'], []);
  graph.add('dx', 'ReluGrad', ['dy:0', 'y:0'], []);
  graph.add('db', 'BiasAddGrad', ['dx:0'], []);
  graph.add('dw', 'Conv2DBackpropFilter', ['image:0', 'sizes:0', 'dx:0'], []);
  poolBeforeRelu(graph);
  return Object.fromEntries(graph.nodes.map(({ name, inputs }) => [name, inputs]));
}

test("ReLU's gradient goes behind the pool's, and the bias takes the smaller one", () => {
  expect(gradients('y:0', false)).toMatchObject({
    dx: ['dp:0', 'p:0'],
    dy: ['y:0', 'p:0', 'dx:0'],
    db: ['dx:0'],
    dw: ['image:0', 'sizes:0', 'dy:0'],
  });
});

test('not where the pool is over something else, or its gradient has other uses', () => {
  for (const inputs of [gradients('padded:0', false), gradients('y:0', true)]) {
    expect(inputs).toMatchObject({ dx: ['dy:0', 'y:0'], dw: ['image:0', 'sizes:0', 'dx:0'] });
  }
});
