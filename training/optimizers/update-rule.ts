import { floatConstant, type Graph, type Output } from '../graph/graph.ts';
import type { Variable } from '../graph/variables.ts';

/** How an optimizer updates a parameter. */
export interface UpdateRule {
  /** Names of the tensors it keeps for each parameter. Each has the parameter's shape and starts at 0. */
  slots: readonly string[];
  /** Names of the numbers that an update takes in each step. Each becomes an input of the graph, shared by all parameters. */
  scalars: readonly string[];
  /**
   * The scalars of a step, in the order of their names. They depend on nothing else, so that no checkpoint needs them.
   *
   * @param step of the trial, from 1.
   */
  scalarsAt(learningRate: number, step: number): number[];
  /**
   * Adds the operation that updates a parameter and its slots in place.
   *
   * @returns an output of the operation, to wait for with `Graph.after`.
   */
  addUpdate(graph: Graph, update: ParameterUpdate): Output;
  /** The same update by the operation DenseUpdate, which is faster. */
  dense?: DenseRule;
}

/** What the operation DenseUpdate needs to know of a rule. */
export interface DenseRule {
  /** The rule's name in `training/native/dense-update-operation.cc`. */
  name: string;
  /**
   * The numbers that the rule computes with, in its order, without the weight decay.
   *
   * @param scalars in the order of the rule's scalars.
   */
  numbers(graph: Graph, scalars: readonly Output[]): Output[];
  /** What is added to the gradient, in multiples of the parameter. Absent: nothing. */
  weightDecay?: number;
}

export interface ParameterUpdate {
  /** The operation's name in the graph, and the prefix of what is added with it. */
  name: string;
  parameter: Variable;
  /** In the order of the rule's slots. */
  slots: readonly Variable[];
  gradient: Output;
  /** In the order of the rule's scalars. */
  scalars: readonly Output[];
}

/** The scalars of a rule that takes the learning rate alone. */
export const learningRateAlone: Pick<UpdateRule, 'scalars' | 'scalarsAt'> = {
  scalars: ['learningRate'],
  scalarsAt: (learningRate) => [learningRate],
};

/** The numbers of a rule: first its scalars, then its constants. */
export function scalarsThen(...constants: number[]): DenseRule['numbers'] {
  return (graph, scalars) => [...scalars, ...constants.map((value) => graph.constant(floatConstant(value)))];
}

/** The handles that TensorFlow's operations take first: of the parameter's variable, and of its slots' variables. */
export function handles({ parameter, slots }: ParameterUpdate): Output[] {
  return [parameter, ...slots].map(({ handle }) => handle);
}
