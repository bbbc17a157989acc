import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { createCompiledEngine } from '../../../training/compile/compiled-engine.ts';
import { runTrial } from '../../../training/loop/run-trial.ts';
import { initialWeights } from '../../../training/networks/initial-weights.ts';
import { createNetwork, weightsOf } from '../../../training/networks/network.ts';
import { backend } from '../../../training/tensorflow/tensorflow.ts';
import { configOf, conv } from '../configs.ts';
import { easyImages, range } from '../easy-images.ts';

const { binding } = backend;
const held = () => [binding.getNumOfTensors(), binding.getNumOfSavedModels()];
const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('staged-study-graph-'));

test('a trial of many epochs does not grow, and leaves nothing in TensorFlow or on the disk', async () => {
  const before = held();
  const foldersBefore = folders();
  const during: number[][] = [];
  await runTrial({
    config: configOf(conv([[4, 3, 1]], 16), { epochs: 12, dropout: 0.5, batchSize: 16 }),
    seed: 1,
    images: easyImages(60),
    training: range(0, 40),
    validation: range(40, 60),
    onProgress: () => {},
    onAlive: () => {},
    onEpoch: async () => void during.push(held()),
    signal: new AbortController().signal,
  });
  expect(during.length).toBe(12);
  expect(new Set(during.map(String))).toEqual(new Set([String([before[0], (before[1] as number) + 1])]));
  expect(held()).toEqual(before);
  expect(folders()).toEqual(foldersBefore);
});

test('a step that fails in TensorFlow leaves no tensor behind, and its message says why', () => {
  const config = configOf(conv([[4, 3, 1]], 16));
  const request = { network: createNetwork(config), images: easyImages(20), optimizer: config.optimizer };
  const before = held();
  const engine = createCompiledEngine({ ...request, mirrored: false });
  engine.setWeights(initialWeights(weightsOf(request.network), 1));
  const outside = { indices: Int32Array.of(20), flips: undefined };
  expect(() => engine.evaluate(outside)).toThrow(/Session fail to run.*20 is not in \[0, 20\)/s);
  engine.dispose();
  expect(held()).toEqual(before);
});
