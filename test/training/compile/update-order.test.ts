import { expect, test } from 'vitest';
import { updateAfterLastUse } from '../../../training/compile/update-order.ts';
import { createGraph } from '../../../training/graph/graph.ts';
import { addVariable } from '../../../training/graph/variables.ts';

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
      graph.add(`update/${variable.name}`, 'Apply', [variable.handle, `${variable.name}/gradient:0`], []),
    ]),
  );
  updateAfterLastUse(graph, loss, updates);
  const inputs = Object.fromEntries(graph.nodes.map((node) => [node.name, node.inputs]));
  expect(inputs['update/first']).toEqual(['first:0', 'first/gradient:0']);
  expect(inputs['update/second']).toEqual(['second:0', 'second/gradient:0', '^hidden/gradient']);
});
