import { expect, test } from 'vitest';
import type { NamedNetwork } from '../../../bench/networks.ts';
import type { Programs, Variants } from '../../../bench/programs.ts';
import type { Bench } from '../../../bench/sections/section.ts';
import { type Measurement, type Program, ProgramFailed } from '../../../bench/timing/measure.ts';
import { measureStepTimes } from '../../../bench/timing/step-times.ts';

const network: NamedNetwork = { name: 'tiny', network: { kind: 'dense', hidden: [2] } };
const PARAMETERS = 3072 * 2 + 2 + 2 * 10 + 10;

/** A bench whose steps take the given milliseconds, by variant; a variant's times follow each other, the last one stays. */
function benchOf(times: Record<string, number[]>, parameters = PARAMETERS) {
  const ran: string[] = [];
  const variants = (...names: string[]): Variants => ({
    names,
    program: (_request, wanted) => ({ command: 'peer', args: wanted, env: {} }),
  });
  const programs: Pick<Programs, 'ours' | 'peers'> = {
    ours: () => ({ command: 'ours', args: ['ours'], env: {} }),
    peers: () => [
      { name: 'PyTorch', variants: [variants('plain', 'fused', 'fused, bf16'), variants('tcmalloc')] },
      { name: 'TensorFlow', variants: [variants('tf.function', 'jit_compile')] },
      { name: 'JAX', variants: [variants('jit')] },
    ],
  };
  const bench: Pick<Bench, 'programs' | 'run' | 'untilQuiet' | 'log'> = {
    programs: programs as Programs,
    async run({ args }: Program): Promise<Measurement> {
      ran.push(args.join('+'));
      const known = args.filter((variant) => times[variant]);
      if (known.length === 0) throw new ProgramFailed('no compiler');
      const milliseconds = known.map((variant) => {
        const [first = 0] = times[variant] ?? [];
        if ((times[variant]?.length ?? 0) > 1) times[variant]?.shift();
        return [variant, [first]];
      });
      const failed = args.filter((variant) => !times[variant]).map((variant) => [variant, 'no compiler']);
      return {
        figures: {
          milliseconds: Object.fromEntries(milliseconds),
          failed: Object.fromEntries(failed),
          parameters,
          outsideShare: 0.1,
        },
        disturbance: { others: 0, lost: 0 },
      };
    },
    untilQuiet: async () => {},
    log: () => {},
  };
  return { bench: bench as Bench, ran };
}

const sizes = { batchSize: 32, threads: 1 };
const nothing = new Set<string>();

test('measures all variants once, and then the best of each fast peer beside ours', async () => {
  const { bench, ran } = benchOf({
    ours: [11.2, 10.5, 10],
    plain: [14],
    fused: [12.6, 12.8, 13],
    'fused, bf16': [5],
    tcmalloc: [15],
    'tf.function': [12.5, 11, 11.5],
    jit_compile: [20],
    jit: [30],
  });
  const found = await measureStepTimes(bench, network, sizes, nothing);
  expect(ran).toEqual([
    ...['ours', 'plain+fused+fused, bf16', 'tcmalloc', 'tf.function+jit_compile', 'jit'],
    ...['tf.function', 'fused', 'ours'],
    ...['ours', 'fused', 'tf.function'],
  ]);
  expect(found).toMatchObject({
    network: 'tiny',
    ours: { median: 10.5, least: 10, most: 11.2, runs: 3 },
    peers: {
      PyTorch: { variant: 'fused', time: { median: 12.8, runs: 3 } },
      TensorFlow: { variant: 'tf.function', time: { median: 11.5, least: 11, most: 12.5 } },
      JAX: { variant: 'jit', time: { median: 30, runs: 1 } },
    },
    bfloat16: 5,
    hopeless: ['TensorFlow (jit_compile)', 'JAX (jit)'],
    fastestPeer: 'TensorFlow',
  });
  expect(found.ratio).toBeCloseTo(11.5 / 10.5);
});

test('a clear result needs no third round', async () => {
  const { bench, ran } = benchOf({ ours: [10], plain: [20], 'tf.function': [19], jit: [90] });
  await measureStepTimes(bench, network, sizes, nothing);
  expect(ran.filter((args) => args === 'ours')).toHaveLength(2);
});

test('skipped variants are not measured', async () => {
  const { bench, ran } = benchOf({ ours: [10], plain: [20], fused: [19] });
  const skipped = new Set([
    'PyTorch (tcmalloc)',
    'TensorFlow (tf.function)',
    'TensorFlow (jit_compile)',
    'JAX (jit)',
  ]);
  const found = await measureStepTimes(bench, network, sizes, skipped);
  expect(ran.slice(0, 2)).toEqual(['ours', 'plain+fused+fused, bf16']);
  expect(ran).not.toContain('jit');
  expect(Object.keys(found.peers)).toEqual(['PyTorch']);
});

test('variants and programs that fail are listed, the others count', async () => {
  const { bench } = benchOf({ ours: [10], plain: [20], 'tf.function': [19] });
  const { failed, fastestPeer } = await measureStepTimes(bench, network, sizes, nothing);
  expect(fastestPeer).toBe('TensorFlow');
  expect(failed).toEqual({
    'PyTorch (tcmalloc)': 'no compiler',
    'JAX (jit)': 'no compiler',
    'PyTorch (fused)': 'no compiler',
    'PyTorch (fused, bf16)': 'no compiler',
    'TensorFlow (jit_compile)': 'no compiler',
  });
});

test('a peer that trains another network is an error', async () => {
  const { bench } = benchOf({ ours: [10], plain: [20] }, 7);
  await expect(measureStepTimes(bench, network, sizes, nothing)).rejects.toThrow(
    `a peer's network: expected ${PARAMETERS} parameters, got 7`,
  );
});
