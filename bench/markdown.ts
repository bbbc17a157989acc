import type { BenchResults, EpochTimes, StepTimes } from './bench-results.ts';
import { OUTSIDE_LIMIT, verdictOf } from './floors.ts';
import { studySections } from './studies/sections.ts';
import type { Summary } from './timing/statistics.ts';

/** The results as a page of the docs. */
export function markdownOf(results: BenchResults): string {
  const { machine, steps, epochs } = results;
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  const sections = [
    '# Bench',
    `\`${results.command}\`, started ${results.startedAt.slice(0, 16).replace('T', ' ')} UTC, ` +
      `${results.minutes.toFixed(0)} minutes. ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGigabytes} GB. ` +
      `${versions.join(', ')}.`,
    'Each measurement runs in a separate process; ours and the peers’ run alternately. The tables show medians, with the ' +
      'range in parentheses. If other processes took more than 5 % of the machine’s time, a measurement is repeated, at ' +
      'most twice; \\* marks results that were still disturbed after two repeats. A ratio is the fastest peer’s time ' +
      'divided by ours: above 1, ours is faster. Between 0.97 and 1, the difference is noise.',
    '## A training step',
    'SGD with momentum 0.9. Ours runs as in the trainer: every step gathers and mirrors its batch from 50,000 images in ' +
      'the graph. The peers reuse one batch. Peers that took more than 1.5 times as long as the fastest peer are ' +
      'measured once.',
    stepTable(steps),
    ...failures(steps),
    '## An epoch',
    'Training on 40,000 images at batch 32, against the original report’s PyTorch loop: torchvision’s transforms, two ' +
      'loader workers, loss and accuracy read at every step. PyTorch’s time is projected from 200 steps with running ' +
      'loaders.',
    epochTable(epochs),
    ...(results.studies ? studySections(results.studies) : []),
    '## Memory and start',
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
      network,
      String(batchSize),
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
    projectedFrom === null ? 'a complete epoch' : `projected from ${projectedFrom} steps`,
    withRange(peer),
    ratio.toFixed(2),
    floor === null ? '' : `${floor}: ${verdictOf(ratio, floor)}`,
  ]);
  return table(['network', 'ours, s', 'measured', 'PyTorch, s', 'ratio', 'floor'], rows);
}

function restTable({ steps, firstStep, memory }: BenchResults): string {
  const rows: string[][] = [];
  const atMost = (value: number, limit: number) => (value <= limit ? 'reached' : 'missed');
  for (const { network, batchSize, outsideShare } of steps.filter((step) => step.network === 'rn50')) {
    rows.push([
      `share of a step of ${network}, batch ${batchSize}, spent outside TensorFlow`,
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

/** At least three significant digits. */
function digits(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

function table(header: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
