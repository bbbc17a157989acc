import type { Graph, Output } from '../graph/graph.ts';

/** How an optimizer updates a parameter. */
export interface UpdateRule {
  /** Names of the tensors it keeps for each parameter. Each has the parameter's shape and starts at 0. */
  slots: readonly string[];
  /**
   * Adds the operation that updates a parameter and its slots in place.
   *
   * @returns an output of the operation, to wait for with `Graph.after`.
   */
  addUpdate(graph: Graph, update: ParameterUpdate): Output;
}

export interface ParameterUpdate {
  /** The operation's name in the graph. */
  name: string;
  /** Handles of the parameter's variable and of its slots' variables, in the order of the rule's slots. */
  variables: Output[];
  gradient: Output;
  learningRate: Output;
}
