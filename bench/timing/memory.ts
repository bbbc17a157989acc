import type { NamedNetwork } from '../networks.ts';
import type { Loop } from '../programs.ts';
import type { Bench } from '../sections/section.ts';
import { measureByTurns, summaryOf } from './rounds.ts';
import type { Summary } from './statistics.ts';

/** Peak memory of a process that trains at batch 128 with 50,000 images, MiB. */
export interface PeakMemory {
  network: string;
  ours: Summary;
  /** PyTorch's good loop. */
  peer: Summary;
}

const ROUNDS = 2;
const BATCH_SIZE = 128;
const THREADS = 1;
/** Memory doesn't grow after the first step. */
const STEPS = 5;
const LOOPS: readonly Loop[] = ['ours', 'in memory'];

/** Measures the memory that training a network takes on both sides. */
export async function measureMemory(
  { programs, run, untilQuiet, log }: Bench,
  { name, network }: NamedNetwork,
): Promise<PeakMemory> {
  const request = { network, batchSize: BATCH_SIZE, threads: THREADS };
  const { measured, failed } = await measureByTurns({
    title: `${name}, memory at batch ${BATCH_SIZE}`,
    turns: LOOPS.map((loop) => ({
      name: loop,
      measure: () => run(programs.epoch(loop, request, STEPS)),
    })),
    rounds: ROUNDS,
    log,
    untilQuiet,
  });
  for (const [, why] of failed) throw new Error(`${name}: PyTorch's memory could not be measured: ${why}`);
  const peak = (loop: Loop) => summaryOf(measured.get(loop) ?? [], ({ peakMegabytes = 0 }) => peakMegabytes);
  return { network: name, ours: peak('ours'), peer: peak('in memory') };
}
