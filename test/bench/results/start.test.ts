import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Job } from '../../../bench/results/job.ts';
import { writeStart } from '../../../bench/results/start.ts';
import { CIFAR10_INPUT } from '../../../study/definition/input-form.ts';
import { defaultSettings } from '../../../study/definition/training-config.ts';
import { asTrained } from '../../../study/plan/epochs.ts';
import { decodeSafetensors } from '../../../training/checkpoint/safetensors.ts';
import { createCompiledEngine } from '../../../training/compile/compiled-engine.ts';
import { generateImages } from '../../../training/data/generated.ts';
import { unpackImages } from '../../../training/data/packed-images.ts';
import { runTrial } from '../../../training/loop/run-trial.ts';
import type { NamedTensors } from '../../../training/tensorflow/named-tensors.ts';
import { fromPyTorch, tensorLayouts } from '../../../training/weights/layouts.ts';

test('the files have the weights, the order, the flips and the draws with which a trial trains', async () => {
  const start = await mkdtemp(join(tmpdir(), 'start-'));
  onTestFinished(() => rm(start, { recursive: true }));
  const network = {
    kind: 'conv',
    convolutions: [{ filters: 2, kernel: 5, padding: 0 }],
    hidden: [3],
  } as const;
  const settings = asTrained(
    { ...defaultSettings, batchSize: 4, epochs: 2, augmentations: [{ kind: 'crop', padding: 4 }] },
    { epochDivisor: 1 },
  );
  // Not all images: the engine has only those that are used, under other indices.
  const job: Job = {
    images: '',
    training: [1, 3, 5, 8, 13, 21],
    validation: [2, 4],
    config: { ...settings, network: { ...network, convolutions: [...network.convolutions], hidden: [3] } },
    seed: 5,
    start,
  };
  await writeStart(job);

  const used = [...job.training, ...job.validation].sort((a, b) => a - b);
  const seen = { order: [] as number[], flips: [] as number[], draws: [] as number[] };
  let weights: NamedTensors | undefined;
  await runTrial(
    {
      ...job,
      input: CIFAR10_INPUT,
      images: unpackImages(generateImages({ trainImages: 30, testImages: 10 }).train, 'generated'),
      training: Int32Array.from(job.training),
      validation: Int32Array.from(job.validation),
      onProgress: () => {},
      onAlive: () => {},
      onEpoch: async () => {},
      signal: new AbortController().signal,
    },
    (request) => {
      const engine = createCompiledEngine(request);
      return {
        ...engine,
        setWeights(tensors) {
          weights = tensors;
          engine.setWeights(tensors);
        },
        train(batch, step) {
          seen.order.push(...[...batch.indices].map((index) => used[index] ?? -1));
          seen.flips.push(...(batch.flips ?? []));
          seen.draws.push(...(batch.draws ?? []));
          engine.train(batch, step);
        },
      };
    },
  );

  const order = await readFile(join(start, 'order.bin'));
  expect(Array.from({ length: order.length / 4 }, (_, index) => order.readInt32LE(4 * index))).toEqual(
    seen.order,
  );
  expect([...(await readFile(join(start, 'flips.bin')))]).toEqual(seen.flips);
  const draws = await readFile(join(start, 'draws.bin'));
  expect(Array.from({ length: draws.length / 4 }, (_, index) => draws.readFloatLE(4 * index))).toEqual(
    seen.draws,
  );
  const { tensors: stored } = decodeSafetensors(await readFile(join(start, 'weights.safetensors')));
  const layouts = tensorLayouts(job.config.network, CIFAR10_INPUT);
  expect(layouts.map(({ name }) => name).sort()).toEqual([...stored.keys()].sort());
  for (const layout of layouts) {
    const tensor = stored.get(layout.name);
    expect(tensor && fromPyTorch(layout, tensor).data).toEqual(weights?.get(layout.name)?.data);
  }
});
