import { readdirSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';

/** What a machine gives to trainers. */
export interface Capacity {
  /**
   * How many threads train at the same time: `STAGED_STUDY_SLOTS`, or one for every core. With a GPU 1: start a worker for
   * each GPU, each with its own `CUDA_VISIBLE_DEVICES`.
   */
  slots: number;
  /** The trainers' share: without a reserve for the system, the servers and the workers. */
  memoryBytes: number;
}

/** For the system, Temporal, MinIO, the workers and the command line, which take about 1 GB together. */
const RESERVE_BYTES = 1.5e9;

/**
 * @param machine its cores, its memory or that of its container, and whether it has a GPU.
 * @throws {Error} if `STAGED_STUDY_SLOTS` is not an integer from 1 to 64.
 */
export function machineCapacity(
  env: NodeJS.ProcessEnv,
  machine: { cores: number; memoryBytes: number; hasGpu: boolean } = thisMachine(),
): Capacity {
  return {
    slots: slotsGiven(env) ?? (usesGpu(env, machine.hasGpu) ? 1 : machine.cores),
    memoryBytes: Math.max(0, machine.memoryBytes - RESERVE_BYTES),
  };
}

/** Whether trainers use a GPU: if the machine has one, unless `CUDA_VISIBLE_DEVICES` hides it. */
export function usesGpu(
  { CUDA_VISIBLE_DEVICES: devices }: NodeJS.ProcessEnv,
  hasGpu = hasNvidiaGpu(),
): boolean {
  return devices === undefined ? hasGpu : devices !== '' && devices !== '-1';
}

// --- helpers ---

function thisMachine() {
  // 0, or more than any machine has, without a limit.
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  return {
    cores: availableParallelism(),
    memoryBytes: Math.min(totalmem(), limit),
    hasGpu: hasNvidiaGpu(),
  };
}

/** In a container, the only card may be any of the machine's. */
function hasNvidiaGpu(): boolean {
  try {
    return readdirSync('/dev').some((name) => /^nvidia\d+$/.test(name));
  } catch {
    return false;
  }
}

function slotsGiven({ STAGED_STUDY_SLOTS: given }: NodeJS.ProcessEnv): number | undefined {
  if (given === undefined) return undefined;
  const slots = Number(given);
  if (!Number.isInteger(slots) || slots < 1 || slots > 64) {
    throw new Error(`STAGED_STUDY_SLOTS: expected an integer from 1 to 64, got "${given}"`);
  }
  return slots;
}
