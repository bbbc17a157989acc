import { type Graph, type GraphNode, nodeOf } from '../graph/graph.ts';

/**
 * Takes the gradient of a ReLU behind that of the max pool which follows it:
 * ReluGrad(MaxPoolGrad(y, p, d), y) becomes MaxPoolGrad(y, p, ReluGrad(d, p)), with y the ReLU's and p the pool's output.
 *
 * Exact, since gradients pass to those y alone that are their window's largest, and so equal to its p; over a quarter of
 * the values. The gradient of the bias before the ReLU is then summed over the pooled values too (the others are 0), so
 * that it no longer shares its input with the convolution's: oneDNN would make one slow operation of the two.
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
