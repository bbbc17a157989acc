/**
 * Reference: an engine that runs every operation by itself, as tfjs does. It is slow, and it is the definition that the
 * compiled engine is checked against. Nothing here runs in training.
 */
import { imageForm } from '../../training/augmentations/image-form.ts';
import type { TrainingEngine, TrainingRequest } from '../../training/compile/engine.ts';
import type { HeldImages } from '../../training/data/labelled-images.ts';
import { crossEntropy } from '../../training/networks/loss.ts';
import { fromDevice, toDevice } from '../../training/tensorflow/named-tensors.ts';
import { tf } from '../../training/tensorflow/tensorflow.ts';
import { takeBatch, uploadImages } from './images.ts';
import { type TrainingState, trainingStep } from './training-step.ts';

export function createEagerEngine({ network, images, ...config }: TrainingRequest): TrainingEngine {
  const onDevice = uploadImages(images as HeldImages, network.input);
  const form = imageForm(network.input, images.normalisation);
  let state: TrainingState = { weights: {}, slots: {}, lossSum: tf.scalar(0), correct: tf.scalar(0) };
  return {
    setWeights(weights) {
      tf.dispose(state.weights);
      state.weights = toDevice(weights);
    },
    setSlots(slots) {
      tf.dispose(state.slots);
      state.slots = toDevice(slots);
    },
    weights: () => fromDevice(state.weights),
    slots: () => fromDevice(state.slots),
    train({ indices, flips, draws }, settings) {
      const before = state;
      state = tf.tidy(() =>
        trainingStep(network, { ...config, form }, before, {
          batch: takeBatch(onDevice, indices, flips),
          learningRate: tf.scalar(settings.learningRate),
          step: settings.step,
          dropoutSeed: tf.tensor1d(settings.dropoutSeed, 'int32'),
          ...(draws && { draws: tf.tensor2d(draws, [indices.length, draws.length / indices.length]) }),
        }),
      );
      tf.dispose(before);
    },
    sums: () => ({
      loss: state.lossSum.dataSync()[0] as number,
      correct: state.correct.dataSync()[0] as number,
    }),
    clearSums() {
      tf.dispose([state.lossSum, state.correct]);
      state = { ...state, lossSum: tf.scalar(0), correct: tf.scalar(0) };
    },
    setSums({ loss, correct }) {
      tf.dispose([state.lossSum, state.correct]);
      state = { ...state, lossSum: tf.scalar(loss), correct: tf.scalar(correct) };
    },
    fetch: async () => {},
    evaluate({ indices, flips }) {
      const results = tf.tidy(() => {
        const { x, labels } = takeBatch(onDevice, indices, flips);
        const { logits } = network.forward(state.weights, x, { training: false });
        return { probabilities: tf.softmax(logits), losses: crossEntropy(logits, labels) };
      });
      const probabilities = results.probabilities.dataSync<'float32'>();
      const losses = results.losses.dataSync<'float32'>();
      tf.dispose(results);
      return { probabilities, losses };
    },
    dispose: () => tf.dispose([onDevice, state]),
  };
}
