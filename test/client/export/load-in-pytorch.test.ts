import { execFile, spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadedAs } from '../../../client/export/write-model.ts';
import { projectRoot } from '../../../infra/project.ts';
import { CIFAR10_INPUT, type InputForm, imageShape, valuesOf } from '../../../study/definition/input-form.ts';
import type { Network, TrainingConfig } from '../../../study/definition/training-config.ts';
import { NUMERICS, type TrialSpec } from '../../../study/trial/trial.ts';
import type { MeanAndDeviation, Pixels } from '../../../training/data/labelled-images.ts';
import { encodeTorchWeights } from '../../../training/export/torch-weights.ts';
import { evaluate } from '../../../training/loop/evaluate.ts';
import {
  configOf,
  conv,
  dense,
  normalisedConv,
  tinyBasicResnet,
  tinyResnet,
} from '../../training/configs.ts';
import { range } from '../../training/easy-images.ts';
import { largestDifference, madeWeights } from '../../training/export/made-weights.ts';

/** A Python that has PyTorch. */
const PYTHON = process.env.TORCH_PYTHON || 'python3';
const EXAMPLES = 6;

const asked = 'import importlib.util, sys; sys.exit(importlib.util.find_spec("torch") is None)';
const hasTorch = spawnSync(PYTHON, ['-c', asked]).status === 0;

interface Case {
  config: TrainingConfig;
  input?: InputForm;
  normalisation?: MeanAndDeviation;
}

const basic = (blocks: Extract<Network, { kind: 'resnet' }>['blocks'], stem?: 'small'): Network => ({
  kind: 'resnet',
  block: 'basic',
  blocks,
  width: 64,
  hidden: [],
  ...(stem && { stem }),
});
const grey: InputForm = { shape: [20, 28, 1], classes: 4 };
const colour: InputForm = { shape: [45, 64, 3], classes: 12 };
const table: InputForm = { shape: [3], classes: 5 };

const cases: Record<string, Case> = {
  'a dense network': { config: configOf(dense(24, 12), { activation: 'silu' }) },
  'convolutions and pools': {
    config: configOf(conv([[4, 5, 0], [6, 3, 1]], 16), { activation: 'leakyRelu', dropout: 0.5 }), // biome-ignore format: one line
  },
  'strides, batch normalisation and a global pool': { config: configOf(normalisedConv) },
  'the same with hidden layers, on images that are not square': {
    config: configOf({ ...normalisedConv, hidden: [10] }, { activation: 'elu' }),
    input: grey,
    normalisation: { mean: [0.4], deviation: [0.3] },
  },
  'strides and batch normalisation without a global pool': {
    config: configOf({ ...normalisedConv, globalPool: undefined, hidden: [9] }, { activation: 'sigmoid' }),
    input: colour,
    normalisation: { mean: [0.5, 0.4, 0.3], deviation: [0.2, 0.25, 0.3] },
  },
  'bottleneck blocks': { config: configOf(tinyResnet, { activation: 'elu' }) },
  'basic blocks, on images of another size': { config: configOf(tinyBasicResnet), input: colour },
  'basic blocks with hidden layers': { config: configOf({ ...tinyBasicResnet, stem: 'small', hidden: [7] }) },
  'ResNet-18 with a small stem': { config: configOf(basic([2, 2, 2, 2], 'small')) },
  'ResNet-34 with a small stem': { config: configOf(basic([3, 4, 6, 3], 'small')) },
  'ResNet-18, on larger images': { config: configOf(basic([2, 2, 2, 2])), input: colour },
  'a table with an empty field': {
    config: configOf(dense(8), { horizontalFlip: 0 }),
    input: table,
    normalisation: { mean: [1, 20, 0], deviation: [0.5, 10, 1] },
  },
};

describe.skipIf(!hasTorch)('load_in_pytorch.py', () => {
  let folder: string;
  let given: number[][];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'load-in-pytorch-'));
    const folders: string[] = [];
    for (const [name, each] of Object.entries(cases)) folders.push(await exported(name, each));
    const script = fileURLToPath(new URL('classify_in_pytorch.py', import.meta.url));
    const { stdout } = await promisify(execFile)(PYTHON, [script, ...folders], { maxBuffer: 10_000_000 });
    given = (JSON.parse(stdout) as number[][][]).map((probabilities) => probabilities.flat());
  }, 300_000);
  afterAll(() => rm(folder, { recursive: true }));

  it.each(Object.keys(cases))('gives the engine’s probabilities: %s', async (name) => {
    const { config, input = CIFAR10_INPUT, normalisation } = cases[name] as Case;
    const labels = Uint8Array.from({ length: EXAMPLES }, (_, index) => index % input.classes);
    const images = { pixels: examplesOf(input), labels, ...(normalisation && { normalisation }) };
    const weights = madeWeights(config, input);
    const { probabilities } = await evaluate(config, input, weights, images, range(0, EXAMPLES));
    expect(largestDifference(given[Object.keys(cases).indexOf(name)] ?? [], probabilities)).toBeLessThan(
      1e-5,
    );
  });

  /** The files of an export that the loader reads, with examples beside them. */
  async function exported(name: string, { config, input = CIFAR10_INPUT, normalisation }: Case) {
    const data = { dataset: 'a'.repeat(64), trainImages: 20, validationFraction: 0.2, splitSeed: 1, input };
    const rest = { seed: 1, repetition: 0, initialWeights: 'scratch' as const, numerics: NUMERICS };
    const spec: TrialSpec = { config, data, ...rest };
    const classes = Array.from({ length: input.classes }, (_, label) => `class ${label}`);
    const about = loadedAs({ spec, ...(normalisation && { normalisation }) } as never, classes);
    const weights = encodeTorchWeights(config.network, input, madeWeights(config, input), { trial: name });
    const own = join(folder, name.replaceAll(' ', '-'));
    await mkdir(own);
    await writeFile(join(own, 'export.json'), JSON.stringify(about));
    await writeFile(join(own, 'model.safetensors'), weights);
    const { buffer, byteOffset, byteLength } = examplesOf(input);
    await writeFile(join(own, 'examples.bin'), Buffer.from(buffer, byteOffset, byteLength));
    await copyFile(
      join(projectRoot, 'client', 'export', 'load_in_pytorch.py'),
      join(own, 'load_in_pytorch.py'),
    );
    return own;
  }
});

// --- helpers ---

/** Noise, planes first; of a table, rows of which one has an empty field. */
function examplesOf(input: InputForm): Pixels {
  let noise = 12345;
  const next = () => {
    noise = (Math.imul(noise, 1103515245) + 12345) & 0x7fffffff;
    return (noise >>> 16) % 256;
  };
  const length = EXAMPLES * valuesOf(input);
  if (imageShape(input)) return Uint8Array.from({ length }, next);
  const rows = Float32Array.from({ length }, () => next() / 8);
  rows[4] = Number.NaN;
  return rows;
}
