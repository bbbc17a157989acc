import type { TrainingRequest } from '../engine.ts';
import { floatConstant, type Graph, type Output } from '../graph/graph.ts';
import { addVariable, assign, assignAdd, type Variable } from '../graph/variables.ts';
import { slotName } from '../loop/state.ts';
import { createUpdateRule } from '../optimizers/optimizer.ts';
import { batchGradients } from '../step.ts';
import { addProgram } from '../trace/trace-network.ts';
import type { ImagesInGraph } from './images.ts';
import type { TensorsInGraph } from './tensors-part.ts';
import { addUpdate } from './update.ts';
import { updateAfterLastUse } from './update-order.ts';

/** What a training step is fed besides its batch. */
export const TRAINING_INPUTS = {
  learningRate: { name: 'learningRate' },
  dropoutSeed: { name: 'dropoutSeed' },
} as const;

/** What to fetch. */
export interface TrainingInGraph {
  /** Runs a step. */
  step: Output;
  /** Sum of losses, number of hits. */
  sums: [Output, Output];
  /** Sets both to 0. */
  cleared: Output;
}

export function addTraining(
  graph: Graph,
  { network, optimizer }: TrainingRequest,
  images: ImagesInGraph,
  weights: TensorsInGraph,
  slots: TensorsInGraph,
): TrainingInGraph {
  const learningRate = graph.placeholder(TRAINING_INPUTS.learningRate.name, 'float32', []);
  const dropoutSeed = graph.placeholder(TRAINING_INPUTS.dropoutSeed.name, 'int32', [2]);
  const lossSum = addVariable(graph, 'sums/loss', 'float32', []);
  const correct = addVariable(graph, 'sums/correct', 'float32', []);

  const result = addProgram(graph, 'train', network, images, weights, dropoutSeed, (values, batch, seed) => {
    const { gradients, buffers, ...sums } = batchGradients(network, values, batch, seed);
    return { ...gradients, ...buffers, ...sums };
  });

  const rule = createUpdateRule(optimizer);
  const updates = new Map(
    network.parameters.map(({ name }): [Variable, Output] => {
      const parameter = weights.variables.get(name) as Variable;
      const own = rule.slots.map((slot) => slots.variables.get(slotName(name, slot)) as Variable);
      return [parameter, addUpdate(graph, optimizer, parameter, own, result(name), learningRate)];
    }),
  );
  updateAfterLastUse(graph, result('lossSum'), updates);
  const averages = network.buffers.map(({ name }) => {
    const buffer = weights.variables.get(name) as Variable;
    return assign(graph, `update/${buffer.name}`, 'float32', buffer, result(name));
  });
  const sums = [
    assignAdd(graph, 'sums/loss/add', lossSum, result('lossSum')),
    assignAdd(graph, 'sums/correct/add', correct, result('correct')),
  ];
  const zero = graph.constant(floatConstant(0));
  return {
    step: graph.after('step', [...updates.values(), ...averages, ...sums]),
    sums: [lossSum.value, correct.value],
    cleared: graph.after('cleared', [
      assign(graph, 'sums/loss/clear', 'float32', lossSum, zero),
      assign(graph, 'sums/correct/clear', 'float32', correct, zero),
    ]),
  };
}
