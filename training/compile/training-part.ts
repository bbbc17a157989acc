import { augmented, drawsOf } from '../augmentations/augmentations.ts';
import type { ImageForm } from '../augmentations/image-form.ts';
import { floatConstant, type Graph, type Output, type TypedOutput } from '../graph/graph.ts';
import { addVariable, assign, assignAdd, assignCopy, type Variable } from '../graph/variables.ts';
import { batchGradients } from '../networks/gradients.ts';
import type { NetworkFunction } from '../networks/network-function.ts';
import { slotName } from '../optimizers/slots.ts';
import type { UpdateRule } from '../optimizers/update-rule.ts';
import type { Tensor4D } from '../tensorflow/tensorflow.ts';
import { clipped } from './clip.ts';
import { addFastestUpdate } from './dense-update.ts';
import type { StepConfig } from './engine.ts';
import type { ImagesInGraph } from './images.ts';
import { addProgram } from './program.ts';
import type { TensorsInGraph } from './tensors-part.ts';
import { updateAfterLastUse } from './update-order.ts';

export interface TrainingInGraph {
  /** Inputs of a step besides its batch; the first in the order of the rule's scalars. */
  scalars: TypedOutput[];
  /** Absent without augmentations. */
  draws?: TypedOutput;
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

/** What a step does besides the update. */
export interface StepParts extends Omit<StepConfig, 'optimizer'> {
  /** Of the images; undefined for a table, which has no augmentations. */
  form: ImageForm | undefined;
}

/** Adds a training step: gradients, the optimizer's updates, running averages, sums of the metrics. */
export function addTraining(
  graph: Graph,
  network: NetworkFunction,
  rule: UpdateRule,
  { x, labels, batchShape }: ImagesInGraph,
  weights: TensorsInGraph,
  slots: TensorsInGraph,
  { labelSmoothing, clipNorm = 0, augmentations = [], form }: StepParts,
): TrainingInGraph {
  const scalars = rule.scalars.map((name) => graph.placeholder(name, 'float32', []));
  const dropoutSeed = addDropoutSeed(graph);
  const draws =
    augmentations.length > 0
      ? graph.placeholder('draws', 'float32', [-1, drawsOf(augmentations)])
      : undefined;
  const lossSum = addVariable(graph, 'sums/loss', 'float32', []);
  const correct = addVariable(graph, 'sums/correct', 'float32', []);

  const result = addProgram(graph, {
    part: 'train',
    network,
    draws: drawsOf(augmentations),
    inputs: {
      weights: weights.variables,
      x,
      labels,
      dropoutSeed: dropoutSeed.output,
      ...(draws && { draws: draws.output }),
      batchShape,
    },
    program: (values, given, seed, drawn) => {
      const batch = form
        ? { ...given, x: augmented(augmentations, given.x as Tensor4D, drawn, form) }
        : given;
      const { gradients, buffers, ...sums } = batchGradients(network, values, batch, seed, labelSmoothing);
      return { ...gradients, ...buffers, ...sums };
    },
  });

  const gradients = network.parameters.map(({ name }) => result(name));
  const used = clipNorm > 0 ? clipped(graph, gradients, clipNorm) : gradients;
  const updates = new Map<Variable, Output[]>();
  for (const [index, { name, shape }] of network.parameters.entries()) {
    const parameter = variableOf(weights, name);
    const update = {
      name: `update/${parameter.name}`,
      parameter,
      slots: rule.slots.map((slot) => variableOf(slots, slotName(name, slot))),
      gradient: used[index] as Output,
      scalars: scalars.map(({ output }) => output),
    };
    updates.set(parameter, addFastestUpdate(graph, rule, update, shape));
  }
  updateAfterLastUse(graph, result('lossSum'), updates);
  const averages = network.buffers.map(({ name }) => {
    const buffer = variableOf(weights, name);
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
    scalars,
    ...(draws && { draws }),
    dropoutSeed,
    step: graph.after('step', [...[...updates.values()].flat(), ...averages, ...sums]),
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

function variableOf({ variables }: TensorsInGraph, name: string): Variable {
  return variables.get(name) as Variable;
}
