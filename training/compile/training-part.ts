import { floatConstant, type Graph, type Output, type TypedOutput } from '../graph/graph.ts';
import { addVariable, assign, assignAdd, assignCopy, type Variable } from '../graph/variables.ts';
import { batchGradients } from '../networks/gradients.ts';
import type { NetworkFunction } from '../networks/network-function.ts';
import { slotName } from '../optimizers/slots.ts';
import type { UpdateRule } from '../optimizers/update-rule.ts';
import type { ImagesInGraph } from './images.ts';
import { gradientsOfParts, multiplyInParts } from './multiply-in-parts.ts';
import { addProgram } from './program.ts';
import type { StoredTensor } from './stored-tensor.ts';
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
  /** Feed both, and fetch `set`, to set the sums. */
  newSums: { loss: TypedOutput; correct: TypedOutput; set: Output };
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
    inputs: { weights: weights.stored, x, labels, dropoutSeed: dropoutSeed.output, batchShape },
    program: (values, batch, seed) => {
      const { gradients, buffers, ...sums } = batchGradients(network, values, batch, seed);
      return { ...gradients, ...buffers, ...sums };
    },
  });

  multiplyInParts(graph, weights.stored.values());
  const updates = new Map<Variable, Output>();
  for (const { name } of network.parameters) {
    const parameter = weights.stored.get(name) as StoredTensor;
    for (const [index, gradient] of gradientsOfParts(graph, result(name), parameter).entries()) {
      const variable = variableOf(weights, name, index);
      const own = rule.slots.map((slot) => variableOf(slots, slotName(name, slot), index));
      const update = rule.addUpdate(graph, {
        name: `update/${variable.name}`,
        variables: [variable, ...own].map(({ handle }) => handle),
        gradient,
        learningRate: learningRate.output,
      });
      updates.set(variable, update);
    }
  }
  updateAfterLastUse(graph, result('lossSum'), updates);
  const averages = network.buffers.map(({ name }) => {
    const buffer = variableOf(weights, name, 0);
    return assign(graph, `update/${buffer.name}`, buffer, result(name));
  });
  const sums = [
    assignAdd(graph, 'sums/loss/add', lossSum, result('lossSum')),
    assignAdd(graph, 'sums/correct/add', correct, result('correct')),
  ];
  const zero = graph.constant(floatConstant(0));
  const newLoss = graph.placeholder('sums/loss/new', 'float32', []);
  const newCorrect = graph.placeholder('sums/correct/new', 'float32', []);
  return {
    learningRate,
    dropoutSeed,
    step: graph.after('step', [...updates.values(), ...averages, ...sums]),
    sums: [lossSum.value, correct.value],
    clearSums: graph.after('cleared', [
      assign(graph, 'sums/loss/clear', lossSum, zero),
      assign(graph, 'sums/correct/clear', correct, zero),
    ]),
    newSums: {
      loss: newLoss,
      correct: newCorrect,
      set: graph.after('sums/set', [
        assignCopy(graph, 'sums/loss/set', lossSum, newLoss),
        assignCopy(graph, 'sums/correct/set', correct, newCorrect),
      ]),
    },
  };
}

/** int32 [2]: the trial, the step. */
export function addDropoutSeed(graph: Graph): TypedOutput {
  return graph.placeholder('dropoutSeed', 'int32', [2]);
}

// --- helpers ---

/** A tensor and its slots have the same shape, so their parts have the same rows. */
function variableOf({ stored }: TensorsInGraph, name: string, part: number): Variable {
  return stored.get(name)?.parts[part]?.variable as Variable;
}
