import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CIFAR10_INPUT } from '../../../study/definition/input-form.ts';
import type { TrainingConfig } from '../../../study/definition/training-config.ts';
import { decodeSafetensors } from '../../../training/checkpoint/safetensors.ts';
import { type ServingGraph, servingGraph } from '../../../training/export/serving-graph.ts';
import { encodeTfjsModel } from '../../../training/export/tfjs-model.ts';
import { encodeTorchWeights } from '../../../training/export/torch-weights.ts';
import type { TypedOutput } from '../../../training/graph/graph.ts';
import { encodeSavedModel } from '../../../training/graph/saved-model.ts';
import { openSession } from '../../../training/graph/session.ts';
import { evaluate } from '../../../training/loop/evaluate.ts';
import { type Tensor, tf } from '../../../training/tensorflow/tensorflow.ts';
import { fitWeights } from '../../../training/weights/fit-weights.ts';
import { configOf, conv, dense, normalisedConv, tinyBasicResnet, tinyResnet } from '../configs.ts';
import { easyImages, range } from '../easy-images.ts';
import { largestDifference, madeWeights } from './made-weights.ts';

const IMAGES = 5;
const images = easyImages(IMAGES);
/** Channels last, as the exported models take them. */
const pixels = Int32Array.from({ length: IMAGES * 3072 }, (_, index) => {
  const [image, pixel, channel] = [Math.floor(index / 3072), Math.floor((index % 3072) / 3), index % 3];
  return images.pixels[image * 3072 + channel * 1024 + pixel] as number;
});

const cases: [string, TrainingConfig][] = [
  ['a dense network', configOf(dense(24, 12), { activation: 'silu' })],
  [
    'a convolutional network',
    configOf(conv([[4, 5, 0], [6, 3, 1]], 16), { activation: 'leakyRelu', dropout: 0.5 }), // biome-ignore format: one line
  ],
  ['convolutions with batch normalisation', configOf(normalisedConv)],
  ['a ResNet', configOf(tinyResnet, { activation: 'elu' })],
  ['a ResNet of basic blocks', configOf(tinyBasicResnet)],
  ['a ResNet with a small stem', configOf({ ...tinyBasicResnet, stem: 'small' })],
];

describe.each(cases)('%s', (_, config) => {
  const weights = madeWeights(config, CIFAR10_INPUT);
  let graph: ServingGraph;
  let expected: Float32Array;
  beforeAll(async () => {
    graph = servingGraph(config, CIFAR10_INPUT, weights);
    ({ probabilities: expected } = await evaluate(config, CIFAR10_INPUT, weights, images, range(0, IMAGES)));
  });

  it('gives the engine’s probabilities as a graph of its own, for any number of images', () => {
    const session = openSession(graph.nodes);
    for (const count of [IMAGES, 1]) {
      const values = Uint8Array.from(pixels.subarray(0, count * 3072));
      const { probabilities, logits } = graph.signature.outputs;
      const [given, scores] = session.run(
        [{ to: graph.signature.inputs.images as TypedOutput, shape: [count, 32, 32, 3], values }],
        [probabilities?.output as string, logits?.output as string],
      ) as [Float32Array, Float32Array];
      expectNear(given, expected.subarray(0, count * 10));
      expectNear(softmax(scores), given);
    }
    session.dispose();
  });

  it('has neither variables nor operations of training in that graph', () => {
    const operations = [...new Set(graph.nodes.map(({ op }) => op))];
    expect(operations.filter((op) => /Grad|Backprop|Var|Assign|Resource|Random/.test(op))).toEqual([]);
    expect(graph.nodes.filter(({ op }) => op === 'Placeholder')).toHaveLength(1);
  });

  it('declares inputs and outputs in the SavedModel', () => {
    const { SavedModel } = createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu/dist/proto/api_pb.js');
    const [model] = SavedModel.deserializeBinary(
      encodeSavedModel(graph.nodes, graph.signature),
    ).getMetaGraphsList();
    const signature = model.getSignatureDefMap().get('serving_default');
    const told = (map: any) =>
      map.toArray().map(([name]: [string]) => {
        const info = map.get(name);
        const sizes = info
          .getTensorShape()
          .getDimList()
          .map((size: any) => size.getSize());
        return [name, info.getName(), info.getDtype(), sizes];
      });
    expect(told(signature.getInputsMap())).toEqual([['images', 'images:0', 4, [-1, 32, 32, 3]]]);
    expect(told(signature.getOutputsMap())).toEqual([
      ['logits', 'logits:0', 1, [-1, 10]],
      ['probabilities', 'probabilities:0', 1, [-1, 10]],
    ]);
  });

  describe('for TensorFlow.js', () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'tfjs-model-'));
      const { model, weights: values } = encodeTfjsModel(graph, 'a test');
      await writeFile(join(folder, 'model.json'), model);
      await writeFile(join(folder, 'weights.bin'), values);
    });
    afterAll(() => rm(folder, { recursive: true }));

    // The second is plain JavaScript, which also runs in a browser.
    it.each(['tensorflow', 'cpu'])('gives the same probabilities with the backend %s', async (backend) => {
      await tf.setBackend(backend);
      try {
        const model = await tf.loadGraphModel(`file://${folder}/model.json`);
        const batch = tf.tensor4d(pixels, [IMAGES, 32, 32, 3], 'int32');
        const given = model.predict({ images: batch }) as Record<string, Tensor>;
        expect(Object.keys(given)).toEqual(['probabilities', 'logits']);
        expectNear(given.probabilities?.dataSync() as Float32Array, expected);
        tf.dispose([batch, given]);
        model.dispose();
      } finally {
        await tf.setBackend('tensorflow');
      }
    });
  });

  it('fits its own weights for PyTorch', () => {
    const { tensors, metadata } = decodeSafetensors(
      encodeTorchWeights(config.network, CIFAR10_INPUT, weights, { trial: 'mine' }),
    );
    expect(metadata).toEqual({ format: 'pt', trial: 'mine' });
    const fitted = fitWeights(tensors, config.network, CIFAR10_INPUT);
    expect(fitted).toMatchObject({ dropped: [], fresh: [] });
    for (const [name, tensor] of weights) expect(fitted.weights.get(name)).toEqual(tensor);
    expect(fitted.weights.size).toBe(weights.size);
  });
});

it("refuses another network's weights", () => {
  expect(() =>
    servingGraph(configOf(dense(8)), CIFAR10_INPUT, madeWeights(configOf(dense(9)), CIFAR10_INPUT)),
  ).toThrow(/expected layers\.0\.weight of shape \[3072, 8\]/);
});

// --- helpers ---

function expectNear(given: Float32Array, expected: Float32Array): void {
  expect(largestDifference(given, expected)).toBeLessThan(1e-5);
}

function softmax(logits: Float32Array): Float32Array {
  const result = new Float32Array(logits.length);
  for (let row = 0; row < logits.length; row += 10) {
    const powers = logits.subarray(row, row + 10).map(Math.exp);
    const sum = powers.reduce((a, b) => a + b, 0);
    result.set(
      powers.map((value) => value / sum),
      row,
    );
  }
  return result;
}
