import { plural } from '../../words/numbers.ts';
import { AHEAD, OUTSIDE_LIMIT, STEP_FLOOR, STEPS_MEAN_FLOOR, verdictOf } from '../floors.ts';
import { digits, failures, table, withRange } from '../markdown.ts';
import { BATCH_SIZES } from '../networks.ts';
import type { Summary } from '../timing/statistics.ts';
import { measureStepTimes, type StepTimes } from '../timing/step-times.ts';
import type { Section } from './section.ts';

/** One thread is the trainer's default. */
export const steps = stepsWith(1);
export const stepsWithTwoThreads: Section<StepTimes[]> = {
  ...stepsWith(2),
  name: 'steps-2',
  onlyIfNamed: true,
};

function stepsWith(threads: number): Section<StepTimes[]> {
  return {
    name: 'steps',
    title: `A training step, ${plural(threads, 'thread')}`,
    method: [
      'SGD with momentum 0.9, float32. Ours runs as in the trainer: every step gathers and mirrors its batch from 50,000 images. ' +
        'The peers reuse one batch, and read a loss about ten times a second.',
      'The first round measures all variants of all peers. Each column has the peer’s fastest variant then, with its name; ' +
        '[bench.json](bench.json) has the times of all. Two further rounds measure ours and the peers that took at most ' +
        '1.1 times as long as the fastest; the second of them is left out if the first two already tell who is faster. Variants ' +
        'that took more than 1.5 times as long as the fastest peer are left out at the network’s further sizes. Before its ' +
        'measurement, each variant must have as many parameters as ours, and its loss must fall.',
      [
        '- PyTorch: SGD as it is (`plain`), and its `fused` implementation, also with channels last for convolutions, and with tcmalloc.',
        '- `torch.compile`: the loss and the optimizer’s step, with channels last for convolutions, in mode `default` (`compile`) ' +
          'and `max-autotune`.',
        '- TensorFlow: one `tf.function` without Keras, which ends with `ResourceApplyMomentum`; with and without `jit_compile`.',
        '- JAX: one jitted function with donated buffers, channels last.',
        '- Keras (only with `--all`): its layers and its SGD in one `tf.function`. tfjs-node (only with `--all`): plain tfjs, ' +
          'operation by operation, which is what the trainer would be without its compiled graphs.',
      ].join('\n'),
    ].join('\n\n'),
    async *measure(bench) {
      const found: StepTimes[] = [];
      for (const network of bench.networks) {
        const skipped = new Set<string>();
        for (const batchSize of BATCH_SIZES) {
          const times = await measureStepTimes(bench, network, { batchSize, threads }, skipped);
          for (const variant of times.hopeless) skipped.add(variant);
          found.push(times);
          yield found;
        }
      }
    },
    markdown: (found) => [stepTable(found), ...missing(found), requirements(found)].join('\n\n'),
  };
}

/** Required of steps on two cores, and what was measured. */
export function requirements(found: readonly StepTimes[]): string {
  const mean = Math.exp(found.reduce((sum, { ratio }) => sum + Math.log(ratio), 0) / found.length);
  const least = found.reduce((a, b) => (b.ratio < a.ratio ? b : a));
  const below = found.filter((step) => verdictOf(step.ours, fastestOf(step), STEP_FLOOR) === 'below');
  const rows = [
    [
      `geometric mean of the ratios of all ${found.length} rows`,
      digits(mean),
      `at least ${STEPS_MEAN_FLOOR}: ${mean >= STEPS_MEAN_FLOOR ? 'reached' : 'missed'}`,
    ],
    [
      `least ratio: ${nameOf(least)}`,
      digits(least.ratio),
      `at least ${STEP_FLOOR}: ${below.length > 0 ? 'missed' : least.ratio >= STEP_FLOOR ? 'reached' : 'even'}`,
    ],
    ...found
      .filter(({ network }) => network === 'rn50')
      .map((step) => [
        `share of a step spent outside TensorFlow: ${nameOf(step)}`,
        `${(100 * step.outsideShare).toFixed(2)} %`,
        `under ${100 * OUTSIDE_LIMIT} %: ${step.outsideShare <= OUTSIDE_LIMIT ? 'reached' : 'missed'}`,
      ]),
  ];
  return table(['steps', 'measured', 'required on two cores'], rows);
}

// --- helpers ---

function stepTable(found: readonly StepTimes[]): string {
  const peers = [...new Set(found.flatMap((step) => Object.keys(step.peers)))];
  const bfloat16 = found.some((step) => step.bfloat16 !== null);
  const rows = found.map((step) => [
    step.network,
    String(step.batchSize),
    withRange(step.ours),
    ...peers.map((peer) => cellOf(step, peer)),
    ...(bfloat16 ? [step.bfloat16 === null ? '–' : digits(step.bfloat16)] : []),
    `${imagesOf(step, step.ours)} / ${imagesOf(step, fastestOf(step))}`,
    step.ratio.toFixed(2),
    AHEAD[verdictOf(step.ours, fastestOf(step), 1)],
  ]);
  return table(
    [
      'network',
      'batch',
      'ours, ms',
      ...peers.map((peer) => `${peer}, ms`),
      ...(bfloat16 ? ['for information: PyTorch, bf16, ms'] : []),
      'images/s: ours / fastest peer',
      'ratio',
      'ours is',
    ],
    rows,
  );
}

function cellOf({ peers }: StepTimes, peer: string): string {
  const found = peers[peer];
  return found ? `${withRange(found.time)} ${found.variant}` : '–';
}

function missing(found: readonly StepTimes[]): string[] {
  return failures(
    found.flatMap((step) =>
      Object.entries(step.failed).map(([peer, why]) => ({ what: `${nameOf(step)}, ${peer}`, why })),
    ),
  );
}

function fastestOf({ peers, fastestPeer }: StepTimes): Summary {
  const fastest = peers[fastestPeer];
  if (!fastest) throw new Error(`the fastest peer, ${fastestPeer}, has no times`);
  return fastest.time;
}

function imagesOf({ batchSize }: StepTimes, { median }: Summary): number {
  return Math.round((batchSize * 1000) / median);
}

function nameOf({ network, batchSize }: StepTimes): string {
  return `${network}, batch ${batchSize}`;
}
