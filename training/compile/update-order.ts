import { type Graph, type GraphNode, nodeOf, type Output, reached } from '../graph/graph.ts';
import type { Variable } from '../graph/variables.ts';

/**
 * Lets updates wait until no gradient needs the old values any more: an update of a variable whose value is still held
 * would first copy it. Operations before the loss are left out: every update comes after them anyway, and a node that
 * another waits for is not fused with its neighbours.
 *
 * @param updates the node that updates each variable.
 */
export function updateAfterLastUse(graph: Graph, loss: Output, updates: ReadonlyMap<Variable, Output>): void {
  const byName = new Map(graph.nodes.map((node) => [node.name, node]));
  const takers = new Map<Output, GraphNode[]>();
  for (const node of graph.nodes) {
    for (const input of node.inputs) takers.set(input, [...(takers.get(input) ?? []), node]);
  }
  const before = reached([nodeOf(loss)], (name) => byName.get(name)?.inputs ?? []);
  const needed = reached([...updates.values()].map(nodeOf), (name) => byName.get(name)?.inputs ?? []);
  for (const [variable, update] of updates) {
    const users = takers.get(variable.value) ?? [];
    const late = users.filter(({ name }) => needed.has(name) && !before.has(name));
    byName.get(nodeOf(update))?.inputs.push(...late.map(({ name }) => `^${name}`));
  }
}
