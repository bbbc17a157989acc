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
  /** The processor's family and model, by which oneDNN chooses its code, such as `family 25, model 17`; if known. */
  processor?: string;
  /** The version of the GPU's driver, if known. */
  driver?: string;
  /** Whether a GPU may round factors to TF32: `off` if it computes with float32. Absent on a CPU. */
  tf32?: 'on' | 'off';
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
  const interOp = interOpThreads();
  const isGpu = backend.isUsingGpuDevice;
  const cpuinfo = readIfThere('/proc/cpuinfo');
  const instructions = vectorInstructions(cpuinfo);
  const processor = familyAndModel(cpuinfo);
  const driver = isGpu && gpuDriver();
  return {
    tensorflow: backend.binding.TF_Version,
    kind: isGpu ? 'GPU' : 'CPU',
    name: (isGpu ? gpuName(process.env.CUDA_VISIBLE_DEVICES) : cpus()[0]?.model) ?? 'unknown',
    ...(instructions && { instructions }),
    ...(processor && { processor }),
    ...(driver && { driver }),
    ...(isGpu && { tf32: process.env.NVIDIA_TF32_OVERRIDE === '0' ? 'off' : 'on' }),
    ...(intraOpThreads && { intraOpThreads }),
    ...(interOp && { interOpThreads: interOp }),
    ...(deterministicOps() && { deterministicOps: true }),
    node: process.versions.node,
  };
}

/** Operations that may run at the same time; undefined if TensorFlow chooses. */
export function interOpThreads(): number | undefined {
  return threads('TF_NUM_INTEROP_THREADS');
}

/**
 * The model of the GPU that TensorFlow uses, the first of those that the process may see. NVIDIA's driver lists the cards under
 * `/proc`, in the order of their bus numbers.
 *
 * @param visible `CUDA_VISIBLE_DEVICES`: numbers or UUIDs; undefined if all are visible.
 * @returns undefined if it isn't known, as for a part of a card (MIG).
 */
export function gpuName(
  visible: string | undefined,
  folder = '/proc/driver/nvidia/gpus',
): string | undefined {
  const cards = foldersIn(folder).map((card) => {
    const text = readIfThere(`${folder}/${card}/information`);
    const [, model] = /^Model:\s*(.+)$/m.exec(text) ?? [];
    const [, uuid] = /^GPU UUID:\s*(\S+)$/m.exec(text) ?? [];
    return { model, uuid };
  });
  const [first = '0'] = visible === undefined ? [] : visible.split(',').map((device) => device.trim());
  const found = /^\d+$/.test(first)
    ? cards[Number(first)]
    : cards.find(({ uuid }) => uuid?.startsWith(first));
  return found?.model;
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
      'CUDA_VISIBLE_DEVICES, and check that `npm run setup` installed the CUDA build of TensorFlow; to train on the CPU, ' +
      'start the worker with CUDA_VISIBLE_DEVICES=-1',
  );
}

// --- helpers ---

function threads(variable: string): number | undefined {
  const count = Number(process.env[variable]);
  return Number.isInteger(count) && count > 0 ? count : undefined;
}

function vectorInstructions(cpuinfo: string): string | undefined {
  const flags = new Set(/^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]?.split(' '));
  const known = { avx512f: 'AVX-512', avx2: 'AVX2', avx: 'AVX', sse4_2: 'SSE4.2' };
  return Object.entries(known).find(([flag]) => flags.has(flag))?.[1];
}

function familyAndModel(cpuinfo: string): string | undefined {
  const [, family] = /^cpu family\s*:\s*(\d+)$/m.exec(cpuinfo) ?? [];
  const [, model] = /^model\s*:\s*(\d+)$/m.exec(cpuinfo) ?? [];
  return family && model && `family ${family}, model ${model}`;
}

function gpuDriver(): string | undefined {
  return /Kernel Module\b.*?\s(\d+\.[\d.]+)/.exec(readIfThere('/proc/driver/nvidia/version'))?.[1];
}

/** Sorted. */
function foldersIn(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
