import { BFLOAT16_VARIANT } from '../programs.ts';
import { isDisturbed } from './machine-load.ts';
import type { Measurement } from './measure.ts';
import { median, type Summary, summarise } from './statistics.ts';

/** Milliseconds by peer and variant. */
export type PeerTimes = ReadonlyMap<string, ReadonlyMap<string, Summary>>;

/** A peer that takes this many times as long as the fastest one is not measured in further rounds. */
const BEHIND = 1.1;
/** A variant that takes this many times as long as the fastest peer is not measured at the network's further sizes. */
const HOPELESS = 1.5;

/** @param peers with all measurements of all their programs. */
export function peerTimes(peers: readonly { name: string; found: readonly Measurement[] }[]): PeerTimes {
  return new Map(
    peers.map(({ name, found }) => {
      const variants = new Set(found.flatMap(({ figures }) => Object.keys(figures.milliseconds ?? {})));
      return [name, new Map([...variants].map((variant) => [variant, summaryOfVariant(found, variant)]))];
    }),
  );
}

/** Each peer's fastest variant, of those that were measured most often. A peer without times is left out. */
export function bestOf(times: PeerTimes): Map<string, { variant: string; time: Summary }> {
  return new Map(
    [...times].flatMap(([peer, variants]) => {
      const counting = [...variants].filter(([variant]) => !variant.startsWith(BFLOAT16_VARIANT));
      const runs = Math.max(...counting.map(([, time]) => time.runs));
      const [best] = counting
        .filter(([, time]) => time.runs === runs)
        .sort(([, a], [, b]) => a.median - b.median);
      return best ? [[peer, { variant: best[0], time: best[1] }] as const] : [];
    }),
  );
}

/** The peers that may be the fastest: those close to it, and those of which every measurement was disturbed. */
export function contenders(times: PeerTimes): string[] {
  const best = [...bestOf(times)];
  const fastest = Math.min(...best.map(([, { time }]) => time.median));
  return best
    .filter(([, { time }]) => time.median <= BEHIND * fastest || time.disturbed === time.runs)
    .map(([peer]) => peer);
}

/** The variants that can't become the fastest, as `variantKey` names them. */
export function hopeless(times: PeerTimes): string[] {
  const fastest = Math.min(...[...bestOf(times).values()].map(({ time }) => time.median));
  return [...times].flatMap(([peer, variants]) =>
    [...variants]
      .filter(([, { median, disturbed }]) => median > HOPELESS * fastest && disturbed === 0)
      .map(([variant]) => variantKey(peer, variant)),
  );
}

export function variantKey(peer: string, variant: string): string {
  return `${peer} (${variant})`;
}

// --- helpers ---

function summaryOfVariant(found: readonly Measurement[], variant: string): Summary {
  const own = found.filter(({ figures }) => figures.milliseconds?.[variant]);
  return summarise(
    own.map(({ figures }) => median(figures.milliseconds?.[variant] ?? [])),
    own.filter(({ disturbance }) => isDisturbed(disturbance)).length,
  );
}
