import type { StepTimes } from '../bench-results.ts';
import { stepFloor } from '../floors.ts';
import type { NamedNetwork } from '../networks.ts';
import type { Programs } from '../programs.ts';
import { isDisturbed, untilQuiet } from './machine-load.ts';
import { type Figures, type Measurement, runProgram } from './measure.ts';
import { measureByTurns, summaryOf } from './rounds.ts';
import { median } from './statistics.ts';

const ROUNDS = 3;
/** A peer that takes this many times as long as the fastest peer can't become the fastest: one round is enough. */
const HOPELESS = 1.5;

/** Measures training steps of a network in all contestants. */
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
    continueWith: (first) => [ours.name, ...contenders(first, ours.name)],
    log,
    untilQuiet: () => untilQuiet(signal),
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

/**
 * The peers that may be the fastest: those close to it in the first round, and those that were disturbed.
 *
 * @param first the first round's measurements, by contestant.
 */
export function contenders(first: ReadonlyMap<string, Measurement[]>, ours: string): string[] {
  const peers = [...first].flatMap(([name, [found]]) =>
    name === ours || !found
      ? []
      : [{ name, time: stepTime(found.figures), sure: !isDisturbed(found.disturbance) }],
  );
  const fastest = Math.min(...peers.map(({ time }) => time));
  return peers.filter(({ time, sure }) => time <= HOPELESS * fastest || !sure).map(({ name }) => name);
}

// --- helpers ---

function stepTime({ milliseconds = [] }: Figures): number {
  return median(milliseconds);
}
