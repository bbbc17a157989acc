import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { DeviceUnavailableError } from './device-unavailable.ts';
import { backend, deterministicOps } from './tensorflow.ts';

/** Where a trial was trained: for its record. Results may differ in the last bits between devices and threads. */
export interface DeviceDescription {
  /** TensorFlow's version, such as `2.21.0`. */
  tensorflow: string;
  kind: 'CPU' | 'GPU';
  /** The processor's or graphics card's model name. */
  name: string;
  /** The widest vector instructions of the processor, where known. */
  instructions?: string;
  /** Threads that one operation may use; absent where TensorFlow chooses. */
  intraOpThreads?: number;
  /** Operations that may run side by side; absent where TensorFlow chooses. */
  interOpThreads?: number;
  /** Only where `TF_DETERMINISTIC_OPS` is set, which a GPU needs for equal results. */
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
 * For trainers that must run on a graphics card: TensorFlow falls back to the processor without a word.
 *
 * @throws DeviceUnavailableError where TensorFlow runs on the processor.
 */
export function requireGpu(): void {
  if (backend.isUsingGpuDevice) return;
  throw new DeviceUnavailableError(
    'expected a GPU, but TensorFlow found none and would run on the CPU; check the driver with `nvidia-smi`, ' +
      'CUDA_VISIBLE_DEVICES, and that the set-up took the CUDA build of TensorFlow',
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

/** Of the first card; NVIDIA's driver lists them under `/proc`. */
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
