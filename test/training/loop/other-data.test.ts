import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type InputForm, imageShape, valuesOf } from '../../../study/definition/input-form.ts';
import type { TrainingConfig } from '../../../study/definition/training-config.ts';
import { tensorsDigest } from '../../../training/checkpoint/tensors-digest.ts';
import { createCompiledEngine } from '../../../training/compile/compiled-engine.ts';
import { type ExampleFile, openExampleFile } from '../../../training/data/example-file.ts';
import type { LabelledImages } from '../../../training/data/labelled-images.ts';
import { createMoments } from '../../../training/data/normalisation.ts';
import { runTrial, type TrialOutcome } from '../../../training/loop/run-trial.ts';
import { configOf, conv, dense, tinyResnet } from '../configs.ts';
import { range } from '../easy-images.ts';

const folder = mkdtempSync(join(tmpdir(), 'examples-'));
afterAll(() => rmSync(folder, { recursive: true }));

const COUNT = 120;
const GREY: InputForm = { shape: [20, 14, 1], classes: 3 };
const LARGE: InputForm = { shape: [40, 33, 3], classes: 200 };
const TABLE: InputForm = { shape: [6], classes: 2 };

const small = { batchSize: 32, epochs: 2, learningRate: 0.02 };
const cases: [string, InputForm, TrainingConfig][] = [
  ['grey images that are not square', GREY, configOf(conv([[4, 3, 1]], 8), small)],
  [
    'images with dropout and their own statistics',
    LARGE,
    configOf(
      conv(
        [
          [4, 5, 0],
          [6, 3, 1],
        ],
        16,
      ),
      { ...small, dropout: 0.2 },
    ),
  ],
  ['a ResNet on larger images', LARGE, configOf(tinyResnet, small)],
  ['rows of a table', TABLE, configOf(dense(16, 8), { ...small, horizontalFlip: 0 })],
];

describe.each(cases)('%s', (_title, input, config) => {
  it('give the same bits in memory and in a file', async () => {
    const held = examplesOf(input);
    const file = inFile(held, input);
    const normalisation = statisticsOf(held, input);
    const inMemory = await trained(config, input, { ...held, normalisation });
    const readAhead = await trained(config, input, { pixels: file, labels: file.labels, normalisation });
    file.close();
    expect(summaryOf(readAhead)).toEqual(summaryOf(inMemory));
    expect(inMemory.outcome).toBe('completed');
  });
});

it('a network learns what distinguishes rows, and classes by their number', async () => {
  const held = examplesOf(TABLE);
  const { lines } = await trained(
    configOf(dense(16), { batchSize: 16, epochs: 20, learningRate: 0.05, horizontalFlip: 0 }),
    TABLE,
    { ...held, normalisation: statisticsOf(held, TABLE) },
  );
  expect(lines.at(-1)?.val_accuracy).toBeGreaterThan(95);
});

it('batches are asked for before their step, once', async () => {
  const held = examplesOf(GREY);
  const file = inFile(held, GREY);
  const asked: number[] = [];
  const watched: ExampleFile = {
    ...file,
    read: () => {
      throw new Error('expected no batch to be read when its turn has come');
    },
    readAhead(places) {
      asked.push(places.length);
      return file.readAhead(places);
    },
  };
  await trained(configOf(dense(4), { ...small, epochs: 1 }), GREY, { pixels: watched, labels: file.labels });
  file.close();
  // 80 images in steps of 32, and 40 to validate on.
  expect(asked).toEqual([32, 32, 16, 40]);
});

it('mean and deviation are those of the training images, whatever is missing', () => {
  const table = createMoments(TABLE);
  table.add(Float32Array.of(1e6, 2, 0, Number.NaN, 5, 1, 1e6 + 4, 4, 0, 3, 5, 2));
  const { mean, deviation } = table.result();
  expect(mean).toEqual([1e6 + 2, 3, 0, 3, 5, 1.5]);
  expect(deviation).toEqual([2, 1, 1, 1, 1, 0.5]);
  const images = createMoments({ shape: [1, 2, 3], classes: 2 });
  images.add(Uint8Array.of(0, 255, 51, 51, 0, 0));
  const found = images.result();
  expect(found.mean).toEqual([0.5, 0.2, 0]);
  expect(found.deviation).toEqual([0.5, 1, 1]);
});

// --- helpers ---

/** Examples whose class shows in their values, over noise. */
function examplesOf(input: InputForm): LabelledImages & { pixels: Uint8Array | Float32Array } {
  const size = valuesOf(input);
  const labels = Uint16Array.from({ length: COUNT }, (_, index) => index % input.classes);
  const isImage = imageShape(input) !== undefined;
  const pixels = isImage ? new Uint8Array(COUNT * size) : new Float32Array(COUNT * size);
  let noise = 7;
  for (let at = 0; at < pixels.length; at++) {
    noise = (Math.imul(noise, 1103515245) + 12345) & 0x7fffffff;
    const label = labels[Math.floor(at / size)] as number;
    const random = (noise >>> 16) % 60;
    pixels[at] = isImage
      ? (random + 37 * label * ((at % size) % 3)) % 256
      : 1000 + random / 60 + label * ((at % size) % 2) * 2;
  }
  if (!isImage) pixels[4 * size] = Number.NaN;
  return { pixels, labels };
}

function statisticsOf({ pixels }: { pixels: Uint8Array | Float32Array }, input: InputForm) {
  const moments = createMoments(input);
  moments.add(pixels);
  return moments.result();
}

function inFile({ pixels, labels }: ReturnType<typeof examplesOf>, input: InputForm): ExampleFile {
  const path = join(folder, `${input.shape.join('-')}-${Math.random()}`);
  const bytes = (array: Uint8Array | Float32Array | Uint16Array) =>
    Buffer.from(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength);
  writeFileSync(path, Buffer.concat([bytes(pixels), bytes(labels)]));
  const exampleBytes = pixels.byteLength / COUNT;
  return openExampleFile(
    { path },
    {
      examples: COUNT,
      classes: input.classes,
      exampleBytes,
      isFloat: pixels instanceof Float32Array,
      strideBytes: exampleBytes,
      labels: 'after',
      hasGroups: false,
    },
  );
}

function trained(config: TrainingConfig, input: InputForm, images: LabelledImages): Promise<TrialOutcome> {
  return runTrial(
    {
      config,
      input,
      seed: 3,
      images,
      training: range(0, 80),
      validation: range(80, COUNT),
      onProgress: () => {},
      onAlive: () => {},
      onEpoch: async () => {},
      signal: new AbortController().signal,
    },
    createCompiledEngine,
  );
}

function summaryOf({ lines, best, scoreInTrainingMode }: TrialOutcome) {
  return {
    lines: lines.map(({ seconds: _, ...line }) => line),
    weights: best && tensorsDigest(best.weights),
    probabilities: best && [...best.validationProbabilities],
    scoreInTrainingMode,
  };
}
