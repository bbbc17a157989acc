import type { Optimizer } from '../../study/definition/training-config.ts';
import { floatConstant, type Graph, type Output } from '../graph/graph.ts';
import type { Variable } from '../graph/variables.ts';
import * as adadelta from '../optimizers/adadelta.ts';
import * as adagrad from '../optimizers/adagrad.ts';
import { attribute } from '../tensorflow/tensorflow.ts';

/**
 * Adds the update of a parameter and its slots by one of TensorFlow's operations, which has the formula of the
 * optimizer's update rule and needs no further memory.
 *
 * @param slots in the order of the rule's.
 * @returns an output of the node, to wait for with `Graph.after`.
 */
export function addUpdate(
  graph: Graph,
  optimizer: Optimizer,
  parameter: Variable,
  slots: readonly Variable[],
  gradient: Output,
  learningRate: Output,
): Output {
  const name = `update/${parameter.name}`;
  const state = [parameter, ...slots].map(({ handle }) => handle);
  const constant = (value: number) => graph.constant(floatConstant(value));
  const attributes = [attribute.type('T', 'float32'), attribute.flag('use_locking', false)];
  switch (optimizer.kind) {
    case 'sgd':
      return graph.add(
        name,
        'ResourceApplyMomentum',
        [...state, learningRate, gradient, constant(optimizer.momentum)],
        [...attributes, attribute.flag('use_nesterov', false)],
      );
    case 'adagrad':
      return graph.add(
        name,
        'ResourceApplyAdagradV2',
        [...state, learningRate, constant(adagrad.EPSILON), gradient],
        [...attributes, attribute.flag('update_slots', true)],
      );
    case 'adadelta':
      return graph.add(
        name,
        'ResourceApplyAdadelta',
        [...state, learningRate, constant(adadelta.RHO), constant(adadelta.EPSILON), gradient],
        attributes,
      );
  }
}
