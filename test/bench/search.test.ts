import { describe, expect, it } from 'vitest';
import { differences } from '../../bench/search/compare.ts';
import { type Problem, problems } from '../../bench/search/problems.ts';
import { checkSpace } from '../../study/search/space.ts';

/** Where each problem is best. */
const BEST: Record<string, Record<string, unknown>> = {
  branin: { x1: Math.PI, x2: 2.275 },
  hartmann6: { x0: 0.20169, x1: 0.150011, x2: 0.476874, x3: 0.275332, x4: 0.311652, x5: 0.6573 },
  rosenbrock4: { x0: 1, x1: 1, x2: 1, x3: 1 },
  ackley5: { x0: 0, x1: 0, x2: 0, x3: 0, x4: 0 },
  cifar_mixed: { lr: 0.02, batch: 64, epochs: 75 },
  mixed7: { lr: 0.1, wd: 5e-4, optimizer: 'sgd', batch: 64, dropout: 0.3, width: 256, depth: 5 },
  conditional: { optimizer: 'sgd', sgd_lr: 0.05, momentum: 0.9 },
};

describe('problems', () => {
  it.each(Object.entries<Problem>(problems))('%s has its least loss where it should', (name, problem) => {
    checkSpace(problem.space);
    expect(problem.loss(BEST[name]!)).toBeCloseTo(problem.least, 5);
  });
});

it('samplers differ where it is more than chance', () => {
  const seeds = Array.from({ length: 30 }, (_, seed) => seed / 30);
  const cell = (problem: string, ours: number[]) => ({ problem, evaluations: 50, ours, peer: seeds });
  const { worse, better } = differences([
    cell('equal', seeds),
    cell(
      'higher',
      seeds.map((loss) => loss + 0.5),
    ),
    cell(
      'lower',
      seeds.map((loss) => loss - 0.5),
    ),
  ]);
  expect([worse, better].map((each) => each.map(({ problem }) => problem))).toEqual([['higher'], ['lower']]);
});
