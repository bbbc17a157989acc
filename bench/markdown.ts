import type { BenchResults, EpochTimes, StepTimes } from './bench-results.ts';
import { OUTSIDE_LIMIT, verdictOf } from './floors.ts';
import type { Summary } from './timing/statistics.ts';

/** The results as a page of the docs. */
export function markdownOf(results: BenchResults): string {
  const { machine, steps, epochs } = results;
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  const sections = [
    '# Bench',
    `\`${results.command}\`, begun ${results.startedAt.slice(0, 16).replace('T', ' ')} UTC, ` +
      `${results.minutes.toFixed(0)} minutes. ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGigabytes} GB. ` +
      `${versions.join(', ')}.`,
    'Medians, and in parentheses the range, of measurements by turns, each in a process of its own. One during which ' +
      'more than 5 % of the machine’s time went elsewhere is repeated, at most twice; \\* marks where that did not ' +
      'help. A ratio is the fastest peer’s time over ours: above 1, ours is faster. Between 0.97 and 1 is noise.',
    '## A training step',
    'SGD with momentum 0.9. Ours as the trainer runs it: 50,000 images in the graph, gathered and mirrored in every ' +
      'step. Peers have their batch at hand. Peers that took 1.5 times the fastest peer’s time are measured once.',
    stepTable(steps),
    ...failures(steps),
    '## An epoch',
    'Training on 40,000 images at batch 32, against the report’s own PyTorch loop: torchvision’s transforms, two ' +
      'loader workers, loss and accuracy read at every step; projected from 200 steps with the loaders running.',
    epochTable(epochs),
    '## The rest',
    restTable(results),
  ];
  return `${sections.join('\n\n')}\n`;
}

// --- helpers ---

function stepTable(steps: readonly StepTimes[]): string {
  const names = [
    ...new Set(steps.flatMap(({ milliseconds, failed }) => Object.keys({ ...milliseconds, ...failed }))),
  ];
  const rows = steps.map((step) => {
    const { network, batchSize, milliseconds, fastestPeer, ratio, floor } = step;
    const images = (name: string) => Math.round((batchSize * 1000) / (milliseconds[name]?.median ?? 0));
    return [
      ...[network, String(batchSize)],
      ...names.map((name) => withRange(milliseconds[name])),
      `${images('ours')} / ${images(fastestPeer)}`,
      ratio.toFixed(2),
      `${floor}: ${verdictOf(ratio, floor)}`,
    ];
  });
  const units = names.map((name) => `${name}, ms`);
  return table(['network', 'batch', ...units, 'images/s: ours / fastest peer', 'ratio', 'floor'], rows);
}

function failures(steps: readonly StepTimes[]): string[] {
  const found = steps.flatMap(({ network, batchSize, failed }) =>
    Object.entries(failed).map(([name, why]) => `- ${network}, batch ${batchSize}, ${name}: ${why}`),
  );
  return found.length > 0 ? [`Not measured:\n\n${found.join('\n')}`] : [];
}

function epochTable(epochs: readonly EpochTimes[]): string {
  const rows = epochs.map(({ network, ours, projectedFrom, peer, ratio, floor }) => [
    network,
    withRange(ours),
    projectedFrom === null ? 'a whole epoch' : `projected from ${projectedFrom} steps`,
    withRange(peer),
    ratio.toFixed(2),
    floor === null ? '' : `${floor}: ${verdictOf(ratio, floor)}`,
  ]);
  return table(['network', 'ours, s', 'measured as', 'PyTorch, s', 'ratio', 'floor'], rows);
}

function restTable({ steps, firstStep, memory }: BenchResults): string {
  const rows: string[][] = [];
  const atMost = (value: number, limit: number) => (value <= limit ? 'reached' : 'missed');
  for (const { network, batchSize, outsideShare } of steps.filter((step) => step.network === 'rn50')) {
    rows.push([
      `share of a step of ${network}, batch ${batchSize}, outside TensorFlow`,
      `${(100 * outsideShare).toFixed(2)} %`,
      `under ${100 * OUTSIDE_LIMIT} %: ${atMost(outsideShare, OUTSIDE_LIMIT)}`,
    ]);
  }
  if (memory) {
    const ratio = memory.ours.median / memory.peer.median;
    rows.push([
      'peak memory of `rn50`, batch 128, 50,000 images: ours / PyTorch',
      `${withRange(memory.ours)} / ${withRange(memory.peer)} MiB, ${ratio.toFixed(2)} times`,
      `at most ${memory.limit} times: ${atMost(ratio, memory.limit)}`,
    ]);
  }
  if (firstStep) {
    rows.push([
      'from the start of a trainer to its first step, `simple_cnn`, 50,000 images in the cache',
      `${withRange(firstStep.seconds)} s`,
      `under ${firstStep.limit} s: ${atMost(firstStep.seconds.median, firstStep.limit)}`,
    ]);
  }
  return table(['what', 'measured', 'floor'], rows);
}

function withRange(summary: Summary | undefined): string {
  if (!summary) return '–';
  const { median, least, most, runs, disturbed } = summary;
  const range = runs > 1 ? ` (${digits(least)}–${digits(most)})` : '';
  return `${digits(median)}${range}${disturbed > 0 ? '\\*' : ''}`;
}

/** Three figures or more. */
function digits(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

function table(header: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
