import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { DeviceUnavailableError } from './device-unavailable.ts';
import { backend, deterministicOps } from './tensorflow.ts';

/**
 * The device a trial was trained on, stored with its result. Results may differ in the last bits between devices and
 * numbers of threads.
 */
export interface DeviceDescription {
  /** TensorFlow's version, such as `2.21.0`. */
  tensorflow: string;
  kind: 'CPU' | 'GPU';
  /** The processor's or graphics card's model name. */
  name: string;
  /** The processor's widest vector instructions, if known. */
  instructions?: string;
  /** Threads that one operation may use; absent if TensorFlow chooses. */
  intraOpThreads?: number;
  /** Operations that may run at the same time; absent if TensorFlow chooses. */
  interOpThreads?: number;
  /** Present if `TF_DETERMINISTIC_OPS` is set, which a GPU needs for reproducible results. */
  deterministicOps?: true;
  node: string;
}

export function describeDevice(): DeviceDescription {
  const intraOpThreads = threads('TF_NUM_INTRAOP_THREADS');
  const interOpThreads = threads('TF_NUM_INTEROP_THREADS');
  const instructions = vectorInstructions();
  return {
    tensorflow: backend.binding.TF_Version,
    kind: backend.isUsingGpuDevice ? 'GPU' : 'CPU',
    name: (backend.isUsingGpuDevice ? gpuName() : cpus()[0]?.model) ?? 'unknown',
    ...(instructions && { instructions }),
    ...(intraOpThreads && { intraOpThreads }),
    ...(interOpThreads && { interOpThreads }),
    ...(deterministicOps() && { deterministicOps: true }),
    node: process.versions.node,
  };
}

/**
 * For trainers that must run on a GPU: TensorFlow falls back to the CPU silently.
 *
 * @throws {DeviceUnavailableError} if TensorFlow runs on the CPU.
 */
export function requireGpu(): void {
  if (backend.isUsingGpuDevice) return;
  throw new DeviceUnavailableError(
    'expected a GPU, but TensorFlow found none and would run on the CPU; check the driver with `nvidia-smi`, check ' +
      'CUDA_VISIBLE_DEVICES, and check that `npm run setup` installed the CUDA build of TensorFlow',
  );
}

// --- helpers ---

function threads(variable: string): number | undefined {
  const count = Number(process.env[variable]);
  return Number.isInteger(count) && count > 0 ? count : undefined;
}

function vectorInstructions(): string | undefined {
  const flags = new Set(/^flags\s*:(.*)$/m.exec(readIfThere('/proc/cpuinfo'))?.[1]?.split(' '));
  const known = { avx512f: 'AVX-512', avx2: 'AVX2', avx: 'AVX', sse4_2: 'SSE4.2' };
  return Object.entries(known).find(([flag]) => flags.has(flag))?.[1];
}

/** The first card's model; NVIDIA's driver lists the cards under `/proc`. */
function gpuName(): string | undefined {
  const folder = '/proc/driver/nvidia/gpus';
  try {
    const [first] = readdirSync(folder).sort();
    return /^Model:\s*(.+)$/m.exec(readIfThere(`${folder}/${first}/information`))?.[1];
  } catch {
    return undefined;
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
