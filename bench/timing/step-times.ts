import { CIFAR10_INPUT } from '../../study/definition/input-form.ts';
import { networkShapes } from '../../study/definition/network-shapes.ts';
import { verdictOf } from '../floors.ts';
import type { NamedNetwork } from '../networks.ts';
import { BFLOAT16_VARIANT, type Peer, type StepRequest } from '../programs.ts';
import type { Bench } from '../sections/section.ts';
import type { Measurement } from './measure.ts';
import { measureByTurns, summaryOf } from './rounds.ts';
import { median, type Summary } from './statistics.ts';
import { bestOf, contenders, hopeless, type PeerTimes, peerTimes, variantKey } from './variants.ts';

/** Training steps of one network, with one batch size and number of threads. */
export interface StepTimes {
  network: string;
  batchSize: number;
  threads: number;
  /** Milliseconds. */
  ours: Summary;
  /** By peer: the variant that is its best, and its milliseconds. */
  peers: Record<string, { variant: string; time: Summary }>;
  /** By peer and variant: median milliseconds. */
  variants: Record<string, Record<string, number>>;
  /** PyTorch's milliseconds with bfloat16. Its numbers differ, so that it is no peer. */
  bfloat16: number | null;
  /** By peer, or peer and variant: why it has no times. */
  failed: Record<string, string>;
  /** Variants, as in `failed`, that took too long to become the fastest at another size. */
  hopeless: string[];
  fastestPeer: string;
  /** Ratio of its time to ours. */
  ratio: number;
  /** Share of our time spent outside TensorFlow. */
  outsideShare: number;
}

const OURS = 'ours';
const ROUNDS = 3;

/**
 * Measures training steps of a network in ours and all peers: all variants once, then the best of the fast peers.
 *
 * @param skipped variants that are not measured, as `variantKey` names them.
 */
export async function measureStepTimes(
  { programs, run, untilQuiet, log }: Bench,
  { name, network }: NamedNetwork,
  sizes: Pick<StepRequest, 'batchSize' | 'threads'>,
  skipped: ReadonlySet<string>,
): Promise<StepTimes> {
  const request = { network, ...sizes };
  const peers = programs.peers(network).map((peer) => without(peer, skipped));
  const { parameters } = networkShapes(network, CIFAR10_INPUT);
  const chosen = new Map<string, string>();
  const { measured, failed } = await measureByTurns({
    title: `${name}, batch ${sizes.batchSize}, threads ${sizes.threads}`,
    turns: [
      { name: OURS, measure: () => run(programs.ours(request)) },
      ...peers.flatMap(({ name: peer, variants }) =>
        variants.map(({ names, program }) => ({
          name: turnOf(peer, names),
          async measure() {
            const best = chosen.get(peer);
            return comparable(await run(program(request, best ? [best] : names)), parameters);
          },
        })),
      ),
    ],
    rounds: ROUNDS,
    continueWith(found, round) {
      const times = timesOf(peers, found);
      if (round === 1) for (const [peer, { variant }] of bestOf(times)) chosen.set(peer, variant);
      const fast = contenders(times);
      if (round > 1 && isClear(summaryOf(found.get(OURS) ?? [], ourTime), times)) return [];
      const turns = peers
        .filter((peer) => fast.includes(peer.name))
        .flatMap(({ name: peer, variants }) =>
          variants
            .filter(({ names }) => names.includes(chosen.get(peer) ?? ''))
            .map(({ names }) => turnOf(peer, names)),
        );
      return [OURS, ...turns];
    },
    log,
    untilQuiet,
  });
  return {
    network: name,
    ...sizes,
    ...outcome(summaryOf(measured.get(OURS) ?? [], ourTime), timesOf(peers, measured)),
    failed: { ...Object.fromEntries(failed), ...failedVariants(peers, measured) },
    outsideShare: summaryOf(measured.get(OURS) ?? [], ({ outsideShare = 0 }) => outsideShare).median,
  };
}

// --- helpers ---

function without({ name, variants }: Peer, skipped: ReadonlySet<string>): Peer {
  const left = variants.map(({ names, program }) => ({
    names: names.filter((variant) => !skipped.has(variantKey(name, variant))),
    program,
  }));
  return { name, variants: left.filter(({ names }) => names.length > 0) };
}

/** A program's name, which its peer and variants make. */
function turnOf(peer: string, variants: readonly string[]): string {
  return `${peer} (${variants.join('; ')})`;
}

function ourTime({ milliseconds }: Measurement['figures']): number {
  return median(milliseconds?.[OURS] ?? []);
}

/** @throws if the program trained another network. */
function comparable(measurement: Measurement, parameters: number): Measurement {
  const found = measurement.figures.parameters;
  if (found === parameters) return measurement;
  throw new Error(`a peer's network: expected ${parameters} parameters, got ${found}`);
}

function timesOf(peers: readonly Peer[], measured: ReadonlyMap<string, Measurement[]>): PeerTimes {
  return peerTimes(
    peers.map(({ name, variants }) => ({
      name,
      found: variants.flatMap(({ names }) => measured.get(turnOf(name, names)) ?? []),
    })),
  );
}

function failedVariants(
  peers: readonly Peer[],
  measured: ReadonlyMap<string, Measurement[]>,
): Record<string, string> {
  return Object.fromEntries(
    peers.flatMap(({ name, variants }) =>
      variants
        .flatMap(({ names }) => measured.get(turnOf(name, names)) ?? [])
        .flatMap(({ figures }) => Object.entries(figures.failed ?? {}))
        .map(([variant, why]) => [variantKey(name, variant), why]),
    ),
  );
}

/** Whether a further round tells nothing new about who is faster. */
function isClear(ours: Summary, times: PeerTimes): boolean {
  const [fastest] = [...bestOf(times).values()].map(({ time }) => time).sort((a, b) => a.median - b.median);
  return fastest !== undefined && verdictOf(ours, fastest, 1) !== 'even';
}

function outcome(ours: Summary, times: PeerTimes) {
  const best = bestOf(times);
  const [fastest] = [...best].sort(([, a], [, b]) => a.time.median - b.time.median);
  if (!fastest) throw new Error('no peer could be measured');
  const variants = [...times].map(([peer, found]) => [
    peer,
    Object.fromEntries([...found].map(([variant, time]) => [variant, time.median])),
  ]);
  const bfloat16 = [...times.values()].flatMap((found) =>
    [...found].flatMap(([variant, time]) => (variant.startsWith(BFLOAT16_VARIANT) ? [time.median] : [])),
  );
  return {
    ours,
    peers: Object.fromEntries(best),
    variants: Object.fromEntries(variants),
    bfloat16: bfloat16[0] ?? null,
    hopeless: hopeless(times),
    fastestPeer: fastest[0],
    ratio: fastest[1].time.median / ours.median,
  };
}
