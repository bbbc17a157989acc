import type { StepTimes } from './bench-results.ts';
import { stepFloor } from './floors.ts';
import { type Figures, type Measurement, runProgram } from './measure.ts';
import type { NamedNetwork } from './networks.ts';
import type { Programs } from './programs.ts';
import { measureByTurns, summaryOf } from './rounds.ts';
import { median } from './statistics.ts';

const ROUNDS = 3;
/** A peer that took this many times the fastest peer's time can't become the fastest: one round is enough for it. */
const HOPELESS = 1.5;

/** Measures training steps of a network by all contestants. */
export async function measureStepTimes(
  programs: Programs,
  { name, network }: NamedNetwork,
  batchSize: number,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<StepTimes> {
  const { ours } = programs;
  const contestants = [ours, ...programs.peers(network)];
  const { measured, failed } = await measureByTurns({
    title: `${name}, batch ${batchSize}`,
    turns: contestants.map((contestant) => ({
      name: contestant.name,
      measure: () => runProgram(contestant.program(network, batchSize), signal),
    })),
    rounds: ROUNDS,
    goOnWith: (first) => [ours.name, ...contenders(first, ours.name)],
    log,
  });

  const times = [...measured].map(([contestant, found]) => [contestant, summaryOf(found, stepTime)] as const);
  const our = times.find(([contestant]) => contestant === ours.name);
  const [fastest] = times
    .filter(([contestant]) => contestant !== ours.name)
    .sort(([, a], [, b]) => a.median - b.median);
  if (!our || !fastest)
    throw new Error(`${name}: no peer could be measured: ${[...failed.values()].join('; ')}`);
  return {
    network: name,
    batchSize,
    milliseconds: Object.fromEntries(times),
    failed: Object.fromEntries(failed),
    fastestPeer: fastest[0],
    ratio: fastest[1].median / our[1].median,
    floor: stepFloor(name, batchSize),
    outsideShare: summaryOf(measured.get(ours.name) ?? [], ({ outsideShare = 0 }) => outsideShare).median,
  };
}

// --- helpers ---

function stepTime({ milliseconds = [] }: Figures): number {
  return median(milliseconds);
}

function contenders(first: ReadonlyMap<string, Measurement[]>, ours: string): string[] {
  const peers = [...first].flatMap(([name, [found]]) =>
    name === ours || !found ? [] : [{ name, time: stepTime(found.figures) }],
  );
  const fastest = Math.min(...peers.map(({ time }) => time));
  return peers.filter(({ time }) => time <= HOPELESS * fastest).map(({ name }) => name);
}
