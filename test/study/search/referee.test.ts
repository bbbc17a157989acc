import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReferee, type Ruling } from '../../../study/search/stopping/referee.ts';
import { replay } from '../../../study/search/stopping/replay.ts';
import type { StoppingRule } from '../../../study/search/stopping/rules.ts';
import { haltedAt, type Rung, scoresAtRungs } from '../../../study/search/stopping/rung.ts';
import { savings, trainedEpochs } from '../../../study/search/stopping/savings.ts';

const median: StoppingRule = { kind: 'median', first: 1, every: 2 };
const halving: StoppingRule = { kind: 'halving', first: 1, factor: 3 };
const asha: StoppingRule = { kind: 'asha', first: 1, factor: 2 };

/** Merits: those of losses are below 0. */
const curve = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 12 });
const curves = fc.array(curve, { minLength: 1, maxLength: 20 });
const seeds = fc.integer({ min: 0, max: 1_000 });

describe('a search whose trials halt at rungs', () => {
  it.each([median, halving])(
    '$kind: stops what a replay of the complete curves stops, whoever is faster',
    (rule) => {
      fc.assert(
        fc.property(curves, fc.integer({ min: 1, max: 8 }), seeds, (all, atOnce, seed) => {
          expect(train(rule, all, atOnce, seed)).toEqual(replay(rule, all, atOnce).trained);
        }),
      );
    },
  );

  it('asha: stops what a replay stops, in the same order', () => {
    fc.assert(
      fc.property(curves, (all) => {
        expect(train(asha, all, 1, 0)).toEqual(replay(asha, all, 1).trained);
      }),
    );
  });

  it.each([median, halving, asha])('$kind: goes on in another referee', (rule) => {
    fc.assert(
      fc.property(curves, fc.integer({ min: 1, max: 8 }), (all, atOnce) => {
        const once = train(rule, all, atOnce, 0);
        expect(train(rule, all, atOnce, 0, { handOver: true })).toEqual(once);
      }),
    );
  });
});

describe('a trial whose result is in the store', () => {
  it.each([median, halving])('$kind: changes nothing for the others', (rule) => {
    fc.assert(
      fc.property(curves, fc.integer({ min: 1, max: 8 }), seeds, (all, atOnce, seed) => {
        const stored = seed % all.length;
        const trained = train(rule, all, atOnce, seed, { stored });
        expect(trained.with(stored, 0)).toEqual(train(rule, all, atOnce, seed).with(stored, 0));
      }),
    );
  });
});

it('a trial that comes to a rung again gets the same answer', () => {
  const referee = createReferee(halving);
  referee.begin([1, 2, 3].map((number) => ({ name: `t${number}`, epochs: 9 })));
  const at = (epoch: number, score: number) => [{ epoch, score }];
  expect(referee.halted('t1', at(1, 50))).toEqual([]);
  expect(referee.halted('t2', at(1, 60))).toEqual([]);
  const rulings = referee.halted('t3', at(1, 40));
  expect(rulings).toEqual([
    { name: 't1', epoch: 1, goesOn: false },
    { name: 't2', epoch: 1, goesOn: true },
    { name: 't3', epoch: 1, goesOn: false },
  ]);
  expect(referee.halted('t2', at(1, 60))).toEqual([rulings[1]]);
});

it('a round doesn’t wait for a trial that has ended before the rung', () => {
  const referee = createReferee(halving);
  referee.begin([1, 2].map((number) => ({ name: `t${number}`, epochs: 9 })));
  expect(referee.halted('t1', [{ epoch: 1, score: 50 }])).toEqual([]);
  expect(referee.ended('t2', [])).toEqual([{ name: 't1', epoch: 1, goesOn: true }]);
});

it('asha says how many had come to a rung before', () => {
  const referee = createReferee(asha);
  referee.begin([1, 2].map((number) => ({ name: `t${number}`, epochs: 9 })));
  referee.halted('t2', [{ epoch: 1, score: 50 }]);
  referee.halted('t1', [{ epoch: 1, score: 60 }]);
  referee.halted('t1', [{ epoch: 2, score: 60 }]);
  expect([referee.arrivalsOf('t1'), referee.arrivalsOf('t2')]).toEqual([[1, 0], [0]]);
});

describe('what a rule saves', () => {
  it.each([median, halving, asha])('$kind: is between the bounds', (rule) => {
    const lengths = fc.tuple(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 0, max: 10 }));
    fc.assert(
      fc.property(
        lengths,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 100 })),
        ([shortest, more], evaluations, atOnce, numbers) => {
          const longest = shortest + more;
          const next = () => numbers.next().value as number;
          const all = Array.from({ length: evaluations }, () =>
            Array.from({ length: shortest + (next() % (more + 1)) }, next),
          );
          const { savedShare, trained } = replay(rule, all, atOnce);
          const rounds = roundsOf(evaluations, atOnce);
          const bounds = savings(rule, { rounds, shortest, longest });
          expect(sum(trained)).toBeGreaterThanOrEqual(sum(trainedEpochs(rule, rounds, shortest).fewest));
          expect(sum(trained)).toBeLessThanOrEqual(sum(trainedEpochs(rule, rounds, longest).most));
          expect(savedShare).toBeGreaterThanOrEqual(bounds.least - 1e-9);
          expect(savedShare).toBeLessThanOrEqual(bounds.most + 1e-9);
        },
      ),
    );
  });

  it('is exact where halving meets trials of one length', () => {
    const search = { rounds: [9], shortest: 9, longest: 9 };
    // Six stop after the first epoch, two after the third, and one trains all nine.
    const share = 1 - (6 * 1 + 2 * 3 + 9) / 81;
    expect(savings(halving, search)).toEqual({ least: expect.closeTo(share), most: expect.closeTo(share) });
  });
});

// --- helpers ---

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function roundsOf(evaluations: number, atOnce: number): number[] {
  const rounds = Array<number>(Math.floor(evaluations / atOnce)).fill(atOnce);
  return evaluations % atOnce === 0 ? rounds : [...rounds, evaluations % atOnce];
}

/**
 * Epochs that each trial trains. In a round, trials move from rung to rung in an order that the seed gives.
 *
 * @param how.stored index of a trial whose result is there at once.
 * @param how.handOver take a new referee for each round.
 */
function train(
  rule: StoppingRule,
  all: readonly number[][],
  atOnce: number,
  seed: number,
  { stored, handOver = false }: { stored?: number; handOver?: boolean } = {},
): number[] {
  let referee = createReferee(rule);
  const trained = all.map(() => 0);
  for (let from = 0; from < all.length; from += atOnce) {
    if (handOver) referee = createReferee(rule, referee.arrived());
    const round = all.slice(from, from + atOnce).map((scores, index) => ({
      name: String(from + index),
      scores,
      epochs: scores.length,
    }));
    referee.begin(round);
    const rungs = new Map(round.map(({ name }) => [name, referee.rungsOf(name)]));
    const ready = round.map(({ name }) => name);
    const apply = (rulings: Ruling[]) => {
      for (const { name, epoch, goesOn } of rulings) {
        if (trained[Number(name)] !== epoch) continue;
        if (goesOn) ready.push(name);
        else apply(referee.ended(name, []));
      }
    };
    for (let turn = seed; ready.length > 0; turn = (turn * 31 + 7) % 1009) {
      const [name] = ready.splice(turn % ready.length, 1) as [string];
      const scores = all[Number(name)] as number[];
      const ahead = (rungs.get(name) as Rung[]).filter(
        ({ epoch }) => epoch > (trained[Number(name)] as number),
      );
      const halt = Number(name) === stored ? undefined : haltedAt(ahead, scores);
      trained[Number(name)] = halt?.epoch ?? scores.length;
      if (!halt) apply(referee.ended(name, scoresAtRungs(ahead, scores)));
      else if (halt.haltBelow === null) apply(referee.halted(name, scoresAtRungs([halt], scores)));
      else
        apply(
          referee.ended(
            name,
            scoresAtRungs(
              ahead.filter(({ epoch }) => epoch <= halt.epoch),
              scores,
            ),
          ),
        );
    }
  }
  return trained;
}
