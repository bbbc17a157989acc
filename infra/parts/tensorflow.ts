import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findOnPath, run } from './commands.ts';
import type { Part } from './part.ts';
import { TENSORFLOW_CPU, TENSORFLOW_CUDA_WHEELS, type WheelPin } from './pins.ts';
import { fetchWheel } from './wheels.ts';

export type TensorflowBuild = 'cpu' | 'cuda';

/** TensorFlow's C library and the headers that the binding needs, laid out as in the wheels. */
export function tensorflowPart(build: TensorflowBuild): Part {
  const wheels = build === 'cuda' ? TENSORFLOW_CUDA_WHEELS : [TENSORFLOW_CPU];
  const total = sum(wheels, 'bytes');
  return {
    title: `TensorFlow ${TENSORFLOW_CPU.version} (${build === 'cuda' ? 'CUDA' : 'CPU'})`,
    folder: `tensorflow-${build}-${TENSORFLOW_CPU.version}-${digestOf(wheels)}`,
    needs: ['python'],
    diskBytes: sum(wheels, 'unpackedBytes') + Math.max(...wheels.map((wheel) => wheel.bytes)),
    async make(target, work, onProgress) {
      let before = 0;
      for (const wheel of wheels) {
        await fetchWheel(wheel, work, target, (bytes) =>
          onProgress(`downloading: ${megabytes(before + bytes)} of ${megabytes(total)} MB`),
        );
        before += wheel.bytes;
      }
    },
  };
}

/** The folder of the shared libraries in TensorFlow's part. */
export function tensorflowLibraries(partFolder: string): string {
  return join(partFolder, 'tensorflow');
}

/** The variables through which the dynamic loader and TensorFlow find CUDA's libraries and assembler. */
export function cudaEnvironment(partFolder: string): Record<string, string> {
  const nvidia = join(partFolder, 'nvidia');
  const folders = TENSORFLOW_CUDA_WHEELS.flatMap((wheel) => wheel.members).filter((path) =>
    /^nvidia.*\/lib\/$/.test(path),
  );
  const libraries = folders.map((folder) => join(partFolder, folder));
  return {
    LD_LIBRARY_PATH: joined([...libraries, process.env.LD_LIBRARY_PATH]),
    PATH: joined([join(nvidia, 'cuda_nvcc', 'bin'), process.env.PATH]),
  };
}

/** @returns the names of the machine's NVIDIA GPUs, or undefined if it has none. */
export async function findGpu(): Promise<string | undefined> {
  const command = findOnPath('nvidia-smi');
  if (command) {
    const names = await run(command, ['--query-gpu=name', '--format=csv,noheader']).catch(() => '');
    if (names.trim()) return names.trim().split('\n').join(', ');
  }
  return existsSync('/dev/nvidia0') ? 'an NVIDIA GPU' : undefined;
}

/** Unlike `findGpu`, it skips nvidia-smi, which takes a second, if the device file exists. */
export async function wantedBuild(): Promise<TensorflowBuild> {
  return existsSync('/dev/nvidia0') || (await findGpu()) ? 'cuda' : 'cpu';
}

// --- helpers ---

function digestOf(wheels: readonly WheelPin[]): string {
  const made = wheels.map(({ sha256, members }) => [sha256, members]);
  return createHash('sha256').update(JSON.stringify(made)).digest('hex').slice(0, 8);
}

function sum(wheels: readonly WheelPin[], size: 'bytes' | 'unpackedBytes'): number {
  return wheels.reduce((total, wheel) => total + wheel[size], 0);
}

function joined(paths: (string | undefined)[]): string {
  return paths.filter(Boolean).join(':');
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
