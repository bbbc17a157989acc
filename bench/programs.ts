import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type NativeParts, trainerEnvironment as nativeEnvironment } from '../infra/setup/native-parts.ts';
import type { Network } from '../study/definition/training-config.ts';
import { processEnvironment } from '../trainer/environment.ts';
import { benchCache } from './peers.ts';
import { findTcmalloc } from './tcmalloc.ts';
import { BFLOAT16, type Machine } from './timing/machine.ts';
import type { Program } from './timing/measure.ts';

/** A training step to measure. */
export interface StepRequest {
  network: Network;
  batchSize: number;
  /** Of each pool that the program has. */
  threads: number;
}

/** A library's step, in one of the variants of which its best counts. */
export interface Peer {
  name: string;
  variants: readonly Variants[];
}

/** Variants that one process can measure, one after the other. */
export interface Variants {
  names: readonly string[];
  /** @param names those to measure. */
  program(request: StepRequest, names: readonly string[]): Program;
}

/** A loop that trains an epoch. */
export type Loop = 'ours' | 'in memory' | 'original report';

/** All programs of the bench. */
export interface Programs {
  ours(request: StepRequest): Program;
  /** Depends on the network: a dense one has no variant with channels last. */
  peers(network: Network): readonly Peer[];
  /** @param steps how many to measure; `epoch` for all of an epoch, or fewer if it would take too long. */
  epoch(loop: Loop, request: StepRequest, steps: number | 'epoch'): Program;
}

export interface ProgramsRequest {
  parts: NativeParts;
  /** The peers' interpreter. */
  python: string;
  machine: Machine;
  /** Whether to include peers that are never the fastest. */
  allPeers: boolean;
}

export function programsOf({ parts, python, machine, allPeers }: ProgramsRequest): Programs {
  // The bench measures the CPU only, because not all programs would use a GPU.
  const common = { ...process.env, CUDA_VISIBLE_DEVICES: '-1' };
  const node = (script: string, threads: number, args: readonly unknown[]): Program => ({
    command: process.execPath,
    args: ['--import', 'tsx', pathOf(script), ...args.map(String)],
    env: { ...common, ...nativeEnvironment(parts), ...processEnvironment(threads) },
  });
  const peer = (script: string, threads: number, args: readonly unknown[], env = {}): Program => ({
    command: python,
    args: [pathOf(script), ...args.map(String)],
    env: { ...common, ...processEnvironment(threads), ...peerEnvironment(threads), ...env },
  });
  const steps = (script: string, names: string[], env = {}): Variants => ({
    names,
    program: ({ network, batchSize, threads }, wanted) =>
      peer(script, threads, [JSON.stringify(network), batchSize, threads, ...wanted], env),
  });
  const tfjs: Peer = {
    name: 'tfjs-node',
    variants: [
      {
        names: ['eager'],
        program: ({ network, batchSize, threads }) =>
          node('tfjs-steps.ts', threads, [JSON.stringify(network), batchSize]),
      },
    ],
  };
  const tcmalloc = findTcmalloc();
  const bfloat16 = machine.instructions.some((name) => BFLOAT16.includes(name));

  return {
    ours: ({ network, batchSize, threads }) =>
      node('our-steps.ts', threads, [JSON.stringify(network), batchSize]),
    peers({ kind }) {
      const layouts = kind === 'dense' ? [''] : ['', ', channels last'];
      const last = layouts.at(-1);
      const eager = layouts.map((layout) => `fused${layout}`);
      return [
        {
          name: 'PyTorch',
          variants: [
            steps('torch_steps.py', ['plain', ...eager, ...(bfloat16 ? [`${BFLOAT16_VARIANT}${last}`] : [])]),
            ...(tcmalloc
              ? [steps('torch_steps.py', [`fused${last}, tcmalloc`], { LD_PRELOAD: tcmalloc })]
              : []),
          ],
        },
        {
          name: 'torch.compile',
          variants: [steps('torch_steps.py', [`compile${last}`, `max-autotune${last}`])],
        },
        {
          name: 'TensorFlow',
          variants: [steps('tensorflow_steps.py', ['tf.function', 'jit_compile'])],
        },
        { name: 'JAX', variants: [steps('jax_steps.py', ['jit'])] },
        ...(allPeers ? [{ name: 'Keras', variants: [steps('keras_steps.py', ['tf.function'])] }, tfjs] : []),
      ];
    },
    epoch: (loop, { network, batchSize, threads }, count) => {
      const args = [JSON.stringify(network), batchSize, count];
      if (loop === 'ours') return node('our-epoch.ts', threads, args);
      return peer('torch_epoch.py', threads, [...args, threads, loop]);
    },
  };
}

/** A variant of PyTorch that is shown beside the others, and doesn't count: its numbers differ. */
export const BFLOAT16_VARIANT = 'fused, bf16';

// --- helpers ---

/** What the peers' libraries read when they load. NPROC is for JAX. */
function peerEnvironment(threads: number): Record<string, string> {
  return {
    OMP_NUM_THREADS: String(threads),
    MKL_NUM_THREADS: String(threads),
    NPROC: String(threads),
    JAX_PLATFORMS: 'cpu',
    TORCHINDUCTOR_CACHE_DIR: join(benchCache.native, 'inductor'),
  };
}

function pathOf(script: string): string {
  return fileURLToPath(new URL(`./programs/${script}`, import.meta.url));
}
