import { type Graph, type GraphNode, nodeOf, type Output, reached } from '../graph/graph.ts';
import type { Variable } from '../graph/variables.ts';

/**
 * Makes each update wait until no gradient needs the old value any more: an update of a variable whose value is still
 * in use would copy it first. Operations before the loss are left out: every update runs after them anyway, and
 * TensorFlow doesn't fuse a node that another node waits for.
 *
 * @param updates outputs of the updates of each variable.
 */
export function updateAfterLastUse(
  graph: Graph,
  loss: Output,
  updates: ReadonlyMap<Variable, readonly Output[]>,
): void {
  const byName = new Map(graph.nodes.map((node) => [node.name, node]));
  const takers = new Map<Output, GraphNode[]>();
  for (const node of graph.nodes) {
    for (const input of node.inputs) takers.set(input, [...(takers.get(input) ?? []), node]);
  }
  const before = reached([nodeOf(loss)], (name) => byName.get(name)?.inputs ?? []);
  const needed = reached([...updates.values()].flat().map(nodeOf), (name) => byName.get(name)?.inputs ?? []);
  for (const [variable, outputs] of updates) {
    const own = new Set(outputs.map(nodeOf));
    const users = takers.get(variable.value) ?? [];
    const late = users.filter(({ name }) => needed.has(name) && !before.has(name) && !own.has(name));
    for (const name of own) byName.get(name)?.inputs.push(...late.map((user) => `^${user.name}`));
  }
}
