/**
 * Measures the memory of trainers and prints it beside its estimate (`study/plan/memory.ts`), as a Markdown table. Each
 * network is trained in a process of its own, as a trainer does, but only with the first steps of two epochs: memory
 * doesn't grow after them. Names of networks as arguments leave out the others.
 */
import { execFileSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ensureNativeParts, trainerEnvironment } from '../../infra/setup/native-parts.ts';
import { CIFAR10_INPUT, valuesOf } from '../../study/definition/input-form.ts';
import { asNetwork } from '../../study/definition/planned-network.ts';
import { defaultSettings, type TrainingConfig } from '../../study/definition/training-config.ts';
import { asTrained } from '../../study/plan/epochs.ts';
import { trialMemoryBytes } from '../../study/plan/memory.ts';
import { cifar10 } from '../../study/shipped/cifar10.ts';
import { processEnvironment } from '../../trainer/environment.ts';
import { REPORTED_RULE } from '../networks.ts';

const NETWORKS = ['MLP', 'relu_layer_div2', 'default_conv', 'simple_cnn', 'simple_cnn_arq_2', 'rn50'];
const MEGABYTE = 1e6;
/** Of CIFAR-10. A trainer reads all, and uses some. */
const DATASET_IMAGES = 50_000;

const [given, ...others] = process.argv.slice(2);
if (given?.startsWith('{')) await trainAndPrint(JSON.parse(given) as Case);
else await printTable(given ? [given, ...others] : NETWORKS);

// --- helpers ---

interface Case {
  config: TrainingConfig;
  images: number;
}

async function printTable(names: string[]): Promise<void> {
  Object.assign(process.env, trainerEnvironment(await ensureNativeParts()), processEnvironment(1));
  console.log('| network | batch | images | measured, MB | estimate, MB | more by |');
  console.log('| ------- | ----- | ------ | ------------ | ------------ | ------- |');
  for (const { name, network } of networks(names)) {
    for (const batchSize of [32, 128]) {
      for (const images of [2_000, 50_000]) {
        const config = {
          ...asTrained({ ...defaultSettings, batchSize, epochs: 2 }, { epochDivisor: 1 }),
          network,
        };
        const measured = measure({ config, images });
        const estimate = trialMemoryBytes(config, images, CIFAR10_INPUT) / MEGABYTE;
        const more = `${Math.round(100 * (estimate / measured - 1))} %`;
        console.log(
          `| \`${name}\` | ${batchSize} | ${images} | ${Math.round(measured)} | ${Math.round(estimate)} | ${more} |`,
        );
      }
    }
  }
}

function networks(names: string[]) {
  const candidates = cifar10.stages.flatMap((stage) => (stage.kind === 'compare' ? stage.candidates : []));
  return candidates.flatMap(({ name, change }) =>
    change.network && names.includes(name)
      ? [{ name, network: asNetwork(change.network, CIFAR10_INPUT, REPORTED_RULE) }]
      : [],
  );
}

function measure(of: Case): number {
  const script = fileURLToPath(import.meta.url);
  const args = ['-C', 'source', '--import', 'tsx', script, JSON.stringify(of)];
  return Number(
    execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  );
}

/** Prints the largest resident memory of this process so far, MB. */
async function trainAndPrint({ config, images }: Case): Promise<void> {
  // All that a trainer loads.
  await import('../../trainer/jobs/train.ts');
  const { createCompiledEngine } = await import('../../training/compile/compiled-engine.ts');
  const { unpackImages } = await import('../../training/data/packed-images.ts');
  const { runTrial } = await import('../../training/loop/run-trial.ts');
  const { encodeSafetensors } = await import('../../training/checkpoint/safetensors.ts');
  const packedBytes = 1 + valuesOf(CIFAR10_INPUT);
  const packed = randomFillSync(new Uint8Array(DATASET_IMAGES * packedBytes));
  for (let index = 0; index < DATASET_IMAGES; index++) packed[index * packedBytes] = index % 10;
  const held = 500;
  let steps = 0;
  const few = () => steps++ < 5;
  await runTrial(
    {
      config,
      input: CIFAR10_INPUT,
      seed: 1,
      images: unpackImages(packed, 'random images'),
      training: Int32Array.from({ length: images - held }, (_, index) => index),
      validation: Int32Array.from({ length: held }, (_, index) => images - held + index),
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
  console.log(Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1000);
}
