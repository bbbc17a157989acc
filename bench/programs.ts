import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type NativeParts, trainerEnvironment as nativeEnvironment } from '../infra/setup/native-parts.ts';
import type { Network } from '../study/definition/training-config.ts';
import { processEnvironment } from '../trainer/environment.ts';
import { benchCache } from './peers.ts';
import type { Program } from './timing/measure.ts';

/** One of the compared programs, which measures a training step. */
export interface Contestant {
  name: string;
  program(network: Network, batchSize: number): Program;
}

/** All programs of the bench. */
export interface Programs {
  ours: Contestant;
  /** Depends on the network: a dense one has no variant with channels last. */
  peers(network: Network): Contestant[];
  ourEpoch(network: Network, batchSize: number, steps: number): Program;
  torchEpoch(network: Network, batchSize: number, steps: number): Program;
}

/** @param python the peers' interpreter. */
export function programsOf(parts: NativeParts, python: string): Programs {
  // The bench measures the CPU only, because not all programs would use a GPU.
  const common = { ...process.env, CUDA_VISIBLE_DEVICES: '-1', TF_CPP_MIN_LOG_LEVEL: '2' };
  const plain = { ...common, ...nativeEnvironment(parts) };
  const asTrainer = { ...plain, ...processEnvironment(availableParallelism()) };

  const node = (env: NodeJS.ProcessEnv, script: string, ...args: unknown[]): Program => ({
    command: process.execPath,
    args: ['--import', 'tsx', pathOf(script), ...args.map(String)],
    env,
  });
  const peer = (script: string, ...args: unknown[]): Program => ({
    command: python,
    args: [pathOf(script), ...args.map(String)],
    env: {
      ...common,
      TF_ENABLE_ONEDNN_OPTS: '1',
      TORCHINDUCTOR_CACHE_DIR: join(benchCache.native, 'inductor'),
    },
  });
  const torch = (name: string, variant: string): Contestant => ({
    name,
    program: (network, batchSize) => peer('torch_steps.py', JSON.stringify(network), batchSize, variant),
  });
  return {
    ours: {
      name: 'ours',
      program: (network, batchSize) => node(asTrainer, 'our-steps.ts', JSON.stringify(network), batchSize),
    },
    peers: (network) => [
      torch('PyTorch', 'eager'),
      ...(network.kind === 'dense' ? [] : [torch('PyTorch, channels last', 'channels-last')]),
      torch('torch.compile', 'compile'),
      {
        name: 'tf.function',
        program: (spec, batchSize) => peer('keras_steps.py', JSON.stringify(spec), batchSize),
      },
      {
        name: 'tfjs-node',
        program: (spec, batchSize) => node(plain, 'tfjs-steps.ts', JSON.stringify(spec), batchSize),
      },
    ],
    ourEpoch: (network, batchSize, steps) =>
      node(asTrainer, 'our-epoch.ts', JSON.stringify(network), batchSize, steps),
    torchEpoch: (network, batchSize, steps) =>
      peer('torch_epoch.py', JSON.stringify(network), batchSize, steps),
  };
}

// --- helpers ---

function pathOf(script: string): string {
  return fileURLToPath(new URL(`./programs/${script}`, import.meta.url));
}
