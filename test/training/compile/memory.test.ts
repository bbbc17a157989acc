import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CIFAR10_INPUT } from '../../../study/definition/input-form.ts';
import { createCompiledEngine } from '../../../training/compile/compiled-engine.ts';
import { runTrial } from '../../../training/loop/run-trial.ts';
import { initialWeights } from '../../../training/networks/initial-weights.ts';
import { createNetwork, weightsOf } from '../../../training/networks/network.ts';
import { backend } from '../../../training/tensorflow/tensorflow.ts';
import { configOf, conv } from '../configs.ts';
import { easyImages, range } from '../easy-images.ts';

const { binding } = backend;
const held = () => [binding.getNumOfTensors(), binding.getNumOfSavedModels()];

/** For temporary files; no other process writes here. */
let temporary: string;
/** Folders that TensorFlow loaded graphs from. */
let loadedFrom: string[];
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'memory-test-'));
  vi.stubEnv('TMPDIR', temporary);
  loadedFrom = [];
  const loadSavedModel: typeof binding.loadSavedModel = (folder, tags) => {
    loadedFrom.push(folder);
    return binding.loadSavedModel(folder, tags);
  };
  // The binding's own functions can't be replaced.
  backend.binding = Object.create(binding, { loadSavedModel: { value: loadSavedModel } });
});
afterEach(() => {
  backend.binding = binding;
  vi.unstubAllEnvs();
  rmSync(temporary, { recursive: true });
});

test('a trial of many epochs needs constant memory, and leaves nothing in TensorFlow or on the disk', async () => {
  const before = held();
  const during: number[][] = [];
  await runTrial({
    config: configOf(conv([[4, 3, 1]], 16), { epochs: 12, dropout: 0.5, batchSize: 16 }),
    input: CIFAR10_INPUT,
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
  // The graph that trains, and the one for the score in training mode.
  expect(loadedFrom.map((folder) => dirname(folder))).toEqual([temporary, temporary]);
  expect(readdirSync(temporary)).toEqual([]);
});

test('a step that fails in TensorFlow leaves no tensor behind, and its message says why', () => {
  const config = configOf(conv([[4, 3, 1]], 16));
  const request = {
    network: createNetwork(config, CIFAR10_INPUT),
    images: easyImages(20),
    optimizer: config.optimizer,
  };
  const before = held();
  const engine = createCompiledEngine({ ...request, mirrored: false });
  engine.setWeights(initialWeights(weightsOf(request.network), 1));
  const outside = { indices: Int32Array.of(20), flips: undefined };
  expect(() => engine.evaluate(outside)).toThrow(/Session fail to run.*20 is not in \[0, 20\)/s);
  engine.dispose();
  expect(held()).toEqual(before);
});
