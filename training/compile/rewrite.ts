import { type Graph, type GraphNode, nodeOf } from '../graph/graph.ts';

/**
 * If a max pool follows a ReLU, swaps their gradients: ReluGrad(MaxPoolGrad(y, p, d), y) becomes
 * MaxPoolGrad(y, p, ReluGrad(d, p)), where y is the ReLU's and p the pool's output.
 *
 * The result is the same, bit for bit: gradients pass only to the largest y of each window, which equals p. ReluGrad then
 * runs over a quarter of the values. The gradient of the bias before the ReLU is also summed over the pooled values (the
 * others are 0). Therefore it doesn't share its input with the convolution's gradient any more; oneDNN would fuse the two
 * into one slow operation.
 */
export function poolBeforeRelu(graph: Graph): void {
  const byName = new Map(graph.nodes.map((node) => [node.name, node]));
  for (const reluGrad of graph.nodes) {
    if (reluGrad.op !== 'ReluGrad') continue;
    const [gradient, y] = reluGrad.inputs as [string, string];
    const poolGrad = byName.get(nodeOf(gradient)) as GraphNode;
    const [, pooled, pooledGradient] = poolGrad.inputs as [string, string, string];
    if (poolGrad.op !== 'MaxPoolGrad' || poolGrad.inputs[0] !== y) continue;
    if (takers(graph, gradient).length > 1) continue;

    const output = `${reluGrad.name}:0`;
    for (const taker of takers(graph, output)) {
      if (taker.op !== 'BiasAddGrad') taker.inputs = replaced(taker.inputs, output, gradient);
    }
    reluGrad.inputs = [pooledGradient, pooled];
    poolGrad.inputs = [y, pooled, output];
  }
}

// --- helpers ---

function takers(graph: Graph, output: string): GraphNode[] {
  return graph.nodes.filter(({ inputs }) => inputs.includes(output));
}

function replaced(inputs: string[], output: string, by: string): string[] {
  return inputs.map((input) => (input === output ? by : input));
}
