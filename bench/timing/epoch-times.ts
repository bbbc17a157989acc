import type { BenchResults, EpochTimes } from '../bench-results.ts';
import { epochFloor, MEMORY_LIMIT } from '../floors.ts';
import type { NamedNetwork } from '../networks.ts';
import type { Programs } from '../programs.ts';
import { untilQuiet } from './machine-load.ts';
import { runProgram } from './measure.ts';
import { measureByTurns, summaryOf } from './rounds.ts';
import type { Summary } from './statistics.ts';

const ROUNDS = 3;
const BATCH_SIZE = 32;
const STEPS_PER_EPOCH = 1250;
const PROJECTED_FROM = 200;
const MEMORY_BATCH_SIZE = 128;
/** Memory doesn't grow after the first step. */
const MEMORY_STEPS = 5;

/** Measures an epoch of 40,000 images at batch 32 against the original report's PyTorch loop. */
export async function measureEpochTimes(
  programs: Programs,
  { name, network }: NamedNetwork,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<EpochTimes> {
  const complete = network.kind !== 'resnet';
  const [ours, peer] = await sideBySide(
    {
      title: `${name}, an epoch`,
      ours: programs.ourEpoch(network, BATCH_SIZE, complete ? STEPS_PER_EPOCH : PROJECTED_FROM),
      peer: programs.torchEpoch(network, BATCH_SIZE, PROJECTED_FROM),
      value: 'seconds',
    },
    signal,
    log,
  );
  return {
    network: name,
    ours,
    peer,
    projectedFrom: complete ? null : PROJECTED_FROM,
    ratio: peer.median / ours.median,
    floor: epochFloor(name),
  };
}

/** Measures the memory that training a network at batch 128 with all images takes on both sides. */
export async function measureMemory(
  programs: Programs,
  { name, network }: NamedNetwork,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<BenchResults['memory']> {
  const [ours, peer] = await sideBySide(
    {
      title: `${name}, memory at batch ${MEMORY_BATCH_SIZE}`,
      ours: programs.ourEpoch(network, MEMORY_BATCH_SIZE, MEMORY_STEPS),
      peer: programs.torchEpoch(network, MEMORY_BATCH_SIZE, MEMORY_STEPS),
      value: 'peakMegabytes',
    },
    signal,
    log,
  );
  return { ours, peer, limit: MEMORY_LIMIT };
}

// --- helpers ---

interface Sides {
  title: string;
  ours: Parameters<typeof runProgram>[0];
  peer: Parameters<typeof runProgram>[0];
  value: 'seconds' | 'peakMegabytes';
}

async function sideBySide(
  { title, ours, peer, value }: Sides,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<[Summary, Summary]> {
  const { measured, failed } = await measureByTurns({
    title,
    turns: [
      { name: 'ours', measure: () => runProgram(ours, signal) },
      { name: 'PyTorch', measure: () => runProgram(peer, signal) },
    ],
    rounds: ROUNDS,
    log,
    untilQuiet: () => untilQuiet(signal),
  });
  const [first, second] = ['ours', 'PyTorch'].map((name) => measured.get(name));
  if (!first || !second) throw new Error(`${title}: PyTorch could not be measured: ${failed.get('PyTorch')}`);
  return [
    summaryOf(first, (figures) => figures[value] ?? 0),
    summaryOf(second, (figures) => figures[value] ?? 0),
  ];
}
