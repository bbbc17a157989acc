import type { TrainingConfig } from '../../study/definition/training-config.ts';
import { slotName, slotsOf } from '../../training/loop/state.ts';
import { createNetwork } from '../../training/networks/network.ts';
import { createUpdateRule } from '../../training/optimizers/optimizer.ts';
import { trainingStep } from '../../training/step.ts';
import { type DeviceTensors, type Tensor, type Tensor1D, tf } from '../../training/tensorflow/tensorflow.ts';
import { noisyImages, type Summary, toPyTorch } from './pytorch-fixtures.ts';

/** What PyTorch made of a batch: `step` of resnet-step.py. */
export interface TorchStep {
  /** In the batch; their labels are 0 to 9 in turn. */
  images: number;
  evaluationLogits: number[];
  trainingLogits: number[];
  loss: number;
  gradients: Record<string, Summary>;
  averages: Record<string, Summary>;
}

/**
 * The largest differences between a step of ours and PyTorch's. Of logits and the loss: shares of the largest logit and of
 * the loss; of gradients and running averages: shares of their norm, or tenths of their root mean square where a single
 * entry differs more.
 */
export type StepDifference = Record<
  'evaluationLogits' | 'trainingLogits' | 'loss' | 'gradients' | 'averages',
  { value: number; at: string }
>;

/** Does one step with weights of ours on the images of make-weights.py. The caller keeps the weights. */
export function stepDifference(
  config: TrainingConfig,
  weights: DeviceTensors,
  torch: TorchStep,
): StepDifference {
  const network = createNetwork(config);
  const rule = createUpdateRule(config.optimizer);
  const { images } = torch;
  const { x, labels, dropoutSeed, ...atRest } = tf.tidy(() => ({
    x: noisyImages(images),
    labels: tf.tensor1d(
      Array.from({ length: images }, (_, index) => index % 10),
      'int32',
    ),
    dropoutSeed: tf.tensor1d([1, 1], 'int32') as Tensor1D,
    learningRate: tf.scalar(0),
    sum: tf.scalar(0),
    slots: Object.fromEntries(slotsOf(network, rule).map(({ name, shape }) => [name, tf.zeros(shape)])),
  }));
  const logitsOf = (training: boolean) =>
    tf.tidy(() =>
      network.forward(weights, x, training ? { training, dropoutSeed } : { training }).logits.dataSync(),
    );
  const { slots, sum, learningRate } = atRest;
  const state = { weights, slots, lossSum: sum, correct: sum };
  const next = trainingStep(network, rule, state, { batch: { x, labels }, learningRate, dropoutSeed });
  const loss = (next.lossSum.dataSync()[0] as number) / images;
  // From rest, the velocity after the first step is the gradient.
  const gradient = (name: string) => next.slots[slotName(name, 'momentum')] as Tensor;
  const difference = {
    evaluationLogits: { value: logitDifference(logitsOf(false), torch.evaluationLogits), at: 'evaluation' },
    trainingLogits: { value: logitDifference(logitsOf(true), torch.trainingLogits), at: 'training' },
    loss: { value: Math.abs(loss / torch.loss - 1), at: 'loss' },
    gradients: largest(torch.gradients, gradient),
    averages: largest(torch.averages, (name) => next.weights[name] as Tensor),
  };
  tf.dispose([x, labels, dropoutSeed, atRest, next] as never);
  return difference;
}

// --- helpers ---

function logitDifference(got: ArrayLike<number>, want: number[]): number {
  if (got.length !== want.length) return Number.POSITIVE_INFINITY;
  const errors = want.map((value, index) => Math.abs((got[index] as number) - value));
  return Math.max(...errors) / Math.max(...want.map(Math.abs));
}

function largest(summaries: Record<string, Summary>, tensorOf: (name: string) => Tensor) {
  let worst = { value: 0, at: '' };
  // Behind a convolution of one input, batch normalisation leaves a gradient of rounding errors alone.
  const least = 1e-3 * Math.max(...Object.values(summaries).map(({ norm }) => norm));
  for (const [name, { norm, entries }] of Object.entries(summaries)) {
    const summary = { norm: Math.max(norm, least), entries };
    const value = tf.tidy(() => summaryDifference(tensorOf(name), norm, summary));
    // NaN is worse than any number.
    if (!(value <= worst.value)) worst = { value, at: name };
  }
  return worst;
}

function summaryDifference(tensor: Tensor, norm: number, { norm: scale, entries }: Summary): number {
  const positions = entries.map((_, k) => Math.round((k * (tensor.size - 1)) / (entries.length - 1)));
  const flat = tf.reshape(tf.transpose(tensor, toPyTorch[tensor.rank]), [-1]);
  const ours = tf.gather(flat, positions).dataSync();
  const size = (10 * scale) / Math.sqrt(tensor.size);
  const errors = entries.map((value, index) => Math.abs((ours[index] as number) - value) / size);
  return Math.max(Math.abs((tf.norm(flat).dataSync()[0] as number) - norm) / scale, ...errors);
}
