import { CIFAR10_INPUT } from '../../study/definition/input-form.ts';
import type { TrainingConfig } from '../../study/definition/training-config.ts';
import { batchGradients } from '../../training/networks/gradients.ts';
import { createNetwork } from '../../training/networks/network.ts';
import { type DeviceTensors, type Tensor, tf } from '../../training/tensorflow/tensorflow.ts';
import { noisyImages, type Summary, TO_PYTORCH } from './pytorch-fixtures.ts';

/** PyTorch's results for a batch: `step` of resnet-step.py. */
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
 * The largest differences between our step and PyTorch's. For logits and the loss: shares of the largest logit and of the
 * loss. For gradients and running averages: shares of their norm, or tenths of their root mean square if a single entry
 * differs more.
 */
export type StepDifference = Record<
  'evaluationLogits' | 'trainingLogits' | 'loss' | 'gradients' | 'averages',
  { value: number; at: string }
>;

/** Computes a step with the given weights on the images of make-weights.py. The caller keeps the weights. */
export function stepDifference(
  config: TrainingConfig,
  weights: DeviceTensors,
  torch: TorchStep,
): StepDifference {
  const network = createNetwork(config, CIFAR10_INPUT);
  const { images } = torch;
  const classes = Int32Array.from({ length: images }, (_, index) => index % 10);
  return tf.tidy(() => {
    const x = noisyImages(images);
    const labels = tf.tensor1d(classes, 'int32');
    const dropoutSeed = tf.tensor1d([1, 1], 'int32');
    const evaluated = network.forward(weights, x, { training: false }).logits.dataSync();
    const trained = network.forward(weights, x, { training: true, dropoutSeed }).logits.dataSync();
    const { gradients, buffers, lossSum } = batchGradients(network, weights, { x, labels }, dropoutSeed);
    const loss = (lossSum.dataSync()[0] as number) / images;
    return {
      evaluationLogits: { value: logitDifference(evaluated, torch.evaluationLogits), at: 'evaluation' },
      trainingLogits: { value: logitDifference(trained, torch.trainingLogits), at: 'training' },
      loss: { value: Math.abs(loss / torch.loss - 1), at: 'loss' },
      gradients: largest(torch.gradients, (name) => gradients[name] as Tensor),
      averages: largest(torch.averages, (name) => buffers[name] as Tensor),
    } as never;
  });
}

// --- helpers ---

function logitDifference(got: ArrayLike<number>, want: number[]): number {
  if (got.length !== want.length) return Number.POSITIVE_INFINITY;
  const errors = want.map((value, index) => Math.abs((got[index] as number) - value));
  return Math.max(...errors) / Math.max(...want.map(Math.abs));
}

function largest(summaries: Record<string, Summary>, tensorOf: (name: string) => Tensor) {
  let worst = { value: 0, at: '' };
  // If a convolution before batch normalisation has one input, its gradient consists of rounding errors only.
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
  const flat = tf.reshape(tf.transpose(tensor, TO_PYTORCH[tensor.rank]), [-1]);
  const ours = tf.gather(flat, positions).dataSync();
  const size = (10 * scale) / Math.sqrt(tensor.size);
  const errors = entries.map((value, index) => Math.abs((ours[index] as number) - value) / size);
  return Math.max(Math.abs((tf.norm(flat).dataSync()[0] as number) - norm) / scale, ...errors);
}
