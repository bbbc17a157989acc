import { expect, test } from 'vitest';
import { poolBeforeRelu } from '../../../training/compile/rewrite.ts';
import { updateAfterLastUse } from '../../../training/compile/update-order.ts';
import { createGraph } from '../../../training/graph/graph.ts';
import { addVariable } from '../../../training/graph/variables.ts';

/** The gradients of a pooled ReLU, and the operations that take them. */
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

test('poolBeforeRelu swaps the gradients, and the bias takes the smaller one', () => {
  expect(gradients('y:0', false)).toMatchObject({
    dx: ['dp:0', 'p:0'],
    dy: ['y:0', 'p:0', 'dx:0'],
    db: ['dx:0'],
    dw: ['image:0', 'sizes:0', 'dy:0'],
  });
});

test('poolBeforeRelu changes nothing if the pool has another input, or its gradient has other uses', () => {
  for (const inputs of [gradients('padded:0', false), gradients('y:0', true)]) {
    expect(inputs).toMatchObject({ dx: ['dy:0', 'y:0'], dw: ['image:0', 'sizes:0', 'dx:0'] });
  }
});

test('an update waits for the gradients that take the old value, and for nothing else', () => {
  const graph = createGraph();
  const [first, second] = [
    addVariable(graph, 'first', 'float32', [2, 2]),
    addVariable(graph, 'second', 'float32', [2, 2]),
  ];
  graph.add('hidden', 'MatMul', ['x:0', first.value], []);
  const loss = graph.add('loss', 'MatMul', ['hidden:0', second.value], []);
  graph.add('hidden/gradient', 'MatMul', ['loss:0', second.value], []);
  graph.add('evaluation', 'MatMul', ['x:0', second.value], []);
  graph.add('first/gradient', 'MatMul', ['x:0', 'hidden/gradient:0'], []);
  graph.add('second/gradient', 'MatMul', ['hidden:0', 'loss:0'], []);
  const updates = new Map(
    [first, second].map((variable) => [
      variable,
      [graph.add(`update/${variable.name}`, 'Apply', [variable.handle, `${variable.name}/gradient:0`], [])],
    ]),
  );
  updateAfterLastUse(graph, loss, updates);
  const inputs = Object.fromEntries(graph.nodes.map((node) => [node.name, node.inputs]));
  expect(inputs['update/first']).toEqual(['first:0', 'first/gradient:0']);
  expect(inputs['update/second']).toEqual(['second:0', 'second/gradient:0', '^hidden/gradient']);
});
