/**
 * Measures the memory of trainers and prints it beside its estimate (`study/plan/memory.ts`), as a Markdown table. Each
 * network is trained in a process of its own, as a trainer does, but only with the first steps of two epochs: memory
 * doesn't grow after them. Names of networks as arguments leave out the others.
 */
import { execFileSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureNativeParts, trainerEnvironment } from '../../infra/setup/native-parts.ts';
import { CIFAR10_INPUT, type InputForm, imageShape, valuesOf } from '../../study/definition/input-form.ts';
import { asNetwork } from '../../study/definition/planned-network.ts';
import {
  defaultSettings,
  type Network,
  type TrainingConfig,
} from '../../study/definition/training-config.ts';
import { asTrained } from '../../study/plan/epochs.ts';
import { trialMemoryBytes } from '../../study/plan/memory.ts';
import { cifar10 } from '../../study/shipped/cifar10.ts';
import { processEnvironment } from '../../trainer/environment.ts';
import type { ExampleLayout } from '../../training/data/example-file.ts';
import { REPORTED_RULE } from '../networks.ts';

interface Case {
  name: string;
  network: Network;
  input: InputForm;
  batchSize: number;
  /** Training and validation images of the data set. All are used. */
  images: number;
  isReadAhead?: boolean;
}

const CIFAR10_NETWORKS = ['MLP', 'relu_layer_div2', 'default_conv', 'simple_cnn', 'simple_cnn_arq_2', 'rn50'];
const MEGABYTE = 1e6;

const [given, ...others] = process.argv.slice(2);
if (given?.startsWith('{')) await trainAndPrint(JSON.parse(given) as Case);
else await printTable(given ? [given, ...others] : undefined);

// --- helpers ---

/** @param names of some networks; undefined for all. */
async function printTable(names: string[] | undefined): Promise<void> {
  Object.assign(process.env, trainerEnvironment(await ensureNativeParts()), processEnvironment(1));
  console.log('| network | examples | batch | examples used | measured, MB | estimate, MB | more by |');
  console.log('| ------- | -------- | ----- | ------------- | ------------ | ------------ | ------- |');
  for (const each of [...cifar10Cases(), ...otherCases()]) {
    if (names && !names.includes(each.name)) continue;
    const { name, input, batchSize, images, isReadAhead } = each;
    const measured = measure(each);
    const estimate = trialMemoryBytes(configOf(each), images, input, isReadAhead) / MEGABYTE;
    const more = `${Math.round(100 * (estimate / measured - 1))} %`;
    const cells = [
      `\`${name}\``,
      `${input.shape.join('×')}${isReadAhead ? ', read ahead' : ''}`,
      batchSize,
      images,
      Math.round(measured),
      Math.round(estimate),
      more,
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

function cifar10Cases(): Case[] {
  const candidates = cifar10.stages.flatMap((stage) => (stage.kind === 'compare' ? stage.candidates : []));
  return candidates.flatMap(({ name, change }) => {
    if (!change.network || !CIFAR10_NETWORKS.includes(name)) return [];
    const network = asNetwork(change.network, CIFAR10_INPUT, REPORTED_RULE);
    return [32, 128].flatMap((batchSize) =>
      [2_000, 50_000].map((images) => ({ name, network, input: CIFAR10_INPUT, batchSize, images })),
    );
  });
}

function otherCases(): Case[] {
  const large: InputForm = { shape: [224, 224, 3], classes: 10 };
  const middle: InputForm = { shape: [96, 96, 3], classes: 10 };
  const table: InputForm = { shape: [30], classes: 3 };
  const convolution = { kernel: 3, padding: 1 };
  const small: Network = {
    kind: 'conv',
    convolutions: [32, 64].map((filters) => ({ ...convolution, filters })),
    hidden: [128],
  };
  const strided: Network = {
    kind: 'conv',
    convolutions: [32, 64, 128].map((filters) => ({ ...convolution, filters, stride: 2, batchNorm: true })),
    globalPool: true,
    hidden: [],
  };
  const resnet18: Network = { kind: 'resnet', block: 'basic', blocks: [2, 2, 2, 2], width: 64, hidden: [] };
  const dense: Network = { kind: 'dense', hidden: [256, 128] };
  return [
    { name: 'dense', network: dense, input: middle, batchSize: 64, images: 10_000 },
    { name: 'small_cnn', network: small, input: middle, batchSize: 64, images: 2_000 },
    { name: 'small_cnn', network: small, input: middle, batchSize: 64, images: 20_000 },
    { name: 'small_cnn', network: small, input: middle, batchSize: 64, images: 20_000, isReadAhead: true },
    { name: 'small_cnn', network: small, input: large, batchSize: 32, images: 1_000 },
    { name: 'strided_cnn', network: strided, input: middle, batchSize: 64, images: 2_000 },
    { name: 'strided_cnn', network: strided, input: large, batchSize: 32, images: 1_000 },
    { name: 'resnet18', network: resnet18, input: middle, batchSize: 64, images: 2_000 },
    { name: 'resnet18', network: resnet18, input: large, batchSize: 32, images: 600 },
    { name: 'resnet18', network: resnet18, input: large, batchSize: 32, images: 3_000 },
    { name: 'resnet18', network: resnet18, input: large, batchSize: 128, images: 600 },
    { name: 'dense_table', network: dense, input: table, batchSize: 32, images: 100_000 },
    { name: 'dense_table', network: dense, input: table, batchSize: 256, images: 1_000_000 },
  ];
}

/** Mirrored copies of images are held, as with the shipped study's settings. A table has none. */
function configOf({ network, batchSize, input }: Case): TrainingConfig {
  const horizontalFlip = imageShape(input) ? defaultSettings.horizontalFlip : 0;
  const settings = { ...defaultSettings, horizontalFlip, batchSize, epochs: 2 };
  return { ...asTrained(settings, { epochDivisor: 1 }), network };
}

function measure(of: Case): number {
  const script = fileURLToPath(import.meta.url);
  const args = ['-C', 'source', '--import', 'tsx', script, JSON.stringify(of)];
  return Number(
    execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  );
}

/** Prints the largest resident memory of this process so far, MB. */
async function trainAndPrint(of: Case): Promise<void> {
  // All that a trainer loads.
  await import('../../trainer/jobs/train.ts');
  const { trialImages } = await import('../../trainer/jobs/trial-images.ts');
  const { createCompiledEngine } = await import('../../training/compile/compiled-engine.ts');
  const { runTrial } = await import('../../training/loop/run-trial.ts');
  const { encodeSafetensors } = await import('../../training/checkpoint/safetensors.ts');
  const { input, images, isReadAhead = false } = of;
  const folder = mkdtempSync(join(tmpdir(), 'trainer-memory-'));
  const layout = layoutOf(of);
  const path = join(folder, 'examples');
  writeExamples(path, layout);
  const data = {
    dataset: '0'.repeat(64),
    trainImages: images,
    validationFraction: 500 / images,
    splitSeed: 1,
    input,
    normalisation: 'training' as const,
  };
  const held = await trialImages(data, isReadAhead, async () => ({ source: { path }, layout }));
  let steps = 0;
  const few = () => steps++ < 5;
  await runTrial(
    {
      config: configOf(of),
      input,
      seed: 1,
      images: held.images,
      ...held.split,
      onProgress: () => {},
      onAlive: () => {
        steps = 0;
      },
      onEpoch: async ({ weights, optimizer }) => {
        encodeSafetensors(weights, {});
        encodeSafetensors(optimizer, {});
      },
      signal: new AbortController().signal,
    },
    (request) => {
      const engine = createCompiledEngine(request);
      const evaluated = new Map<number, ReturnType<typeof engine.evaluate>>();
      return {
        ...engine,
        train: (batch, settings) => few() && engine.train(batch, settings),
        evaluate: (batch) => {
          const { length } = batch.indices;
          const first = evaluated.get(length) ?? engine.evaluate(batch);
          evaluated.set(length, first);
          return first;
        },
      };
    },
  );
  rmSync(folder, { recursive: true });
  console.log(Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1000);
}

/** As data of one's own are stored. */
function layoutOf({ input, images }: Case): ExampleLayout {
  const isFloat = !imageShape(input);
  const exampleBytes = valuesOf(input) * (isFloat ? Float32Array.BYTES_PER_ELEMENT : 1);
  return {
    examples: images,
    classes: input.classes,
    exampleBytes,
    isFloat,
    strideBytes: exampleBytes,
    labels: 'after',
    hasGroups: false,
  };
}

/** Noise, chunk by chunk, so that writing it needs no memory. */
function writeExamples(path: string, { examples, classes, exampleBytes, isFloat }: ExampleLayout): void {
  const file = openSync(path, 'w');
  const atOnce = Math.max(1, Math.floor(3e6 / exampleBytes));
  for (let start = 0; start < examples; start += atOnce) {
    const chunk = new Uint8Array(Math.min(atOnce, examples - start) * exampleBytes);
    if (isFloat) fillWithNumbers(new Float32Array(chunk.buffer));
    else randomFillSync(chunk);
    writeSync(file, chunk);
  }
  writeSync(
    file,
    Uint16Array.from({ length: examples }, (_, index) => index % classes),
  );
  closeSync(file);
}

function fillWithNumbers(values: Float32Array): void {
  for (let at = 0; at < values.length; at++) values[at] = (at * 0.37) % 3;
}
