import { floatConstant, type Graph, type Output, type TypedOutput } from '../graph/graph.ts';
import { addVariable, assign, assignAdd, type Variable } from '../graph/variables.ts';
import { batchGradients } from '../networks/gradients.ts';
import type { NetworkFunction } from '../networks/network-function.ts';
import { slotName } from '../optimizers/slots.ts';
import type { UpdateRule } from '../optimizers/update-rule.ts';
import type { ImagesInGraph } from './images.ts';
import { addProgram } from './program.ts';
import type { TensorsInGraph } from './tensors-part.ts';
import { updateAfterLastUse } from './update-order.ts';

export interface TrainingInGraph {
  /** Inputs of a step besides its batch. */
  learningRate: TypedOutput;
  dropoutSeed: TypedOutput;
  /** Fetch it to run a step. */
  step: Output;
  /** Sum of the losses, nats, and number of images classified correctly, since the last `clearSums`. */
  sums: [Output, Output];
  /** Fetch it to set both sums to 0. */
  clearSums: Output;
}

/** Adds a training step: gradients, the optimizer's updates, running averages, sums of the metrics. */
export function addTraining(
  graph: Graph,
  network: NetworkFunction,
  rule: UpdateRule,
  { x, labels, batchShape }: ImagesInGraph,
  weights: TensorsInGraph,
  slots: TensorsInGraph,
): TrainingInGraph {
  const learningRate = graph.placeholder('learningRate', 'float32', []);
  const dropoutSeed = addDropoutSeed(graph);
  const lossSum = addVariable(graph, 'sums/loss', 'float32', []);
  const correct = addVariable(graph, 'sums/correct', 'float32', []);

  const result = addProgram(graph, {
    part: 'train',
    network,
    inputs: { weights: weights.variables, x, labels, dropoutSeed: dropoutSeed.output, batchShape },
    program: (values, batch, seed) => {
      const { gradients, buffers, ...sums } = batchGradients(network, values, batch, seed);
      return { ...gradients, ...buffers, ...sums };
    },
  });

  const updates = new Map(
    network.parameters.map(({ name }): [Variable, Output] => {
      const parameter = weights.variables.get(name) as Variable;
      const own = rule.slots.map((slot) => slots.variables.get(slotName(name, slot)) as Variable);
      const update = rule.addUpdate(graph, {
        name: `update/${parameter.name}`,
        variables: [parameter, ...own].map(({ handle }) => handle),
        gradient: result(name),
        learningRate: learningRate.output,
      });
      return [parameter, update];
    }),
  );
  updateAfterLastUse(graph, result('lossSum'), updates);
  const averages = network.buffers.map(({ name }) => {
    const buffer = weights.variables.get(name) as Variable;
    return assign(graph, `update/${buffer.name}`, buffer, result(name));
  });
  const sums = [
    assignAdd(graph, 'sums/loss/add', lossSum, result('lossSum')),
    assignAdd(graph, 'sums/correct/add', correct, result('correct')),
  ];
  const zero = graph.constant(floatConstant(0));
  return {
    learningRate,
    dropoutSeed,
    step: graph.after('step', [...updates.values(), ...averages, ...sums]),
    sums: [lossSum.value, correct.value],
    clearSums: graph.after('cleared', [
      assign(graph, 'sums/loss/clear', lossSum, zero),
      assign(graph, 'sums/correct/clear', correct, zero),
    ]),
  };
}

/** int32 [2]: the trial, the step. */
export function addDropoutSeed(graph: Graph): TypedOutput {
  return graph.placeholder('dropoutSeed', 'int32', [2]);
}
