/** How a program measures itself. It prints when it begins and ends, so that the bench can watch the machine's load. */
import { readFileSync } from 'node:fs';
import type { Figures } from '../timing/measure.ts';

const MIN_WARM_UPS = 3;
const WARM_UP_SECONDS = 0.4;
const MIN_BLOCKS = 4;
const BLOCK_SECONDS = 0.1;
const MEASURED_SECONDS = 1.6;

export function begin(): void {
  console.log('begin');
}

export function end(figures: Figures): void {
  console.log(`end ${JSON.stringify({ ...figures, peakMegabytes: peakMegabytes() })}`);
}

/** Milliseconds per step: means of blocks of steps, after warm-up steps. */
export async function measureSteps(step: () => Promise<void>, onBegin = () => {}): Promise<number[]> {
  const started = seconds();
  let last = started;
  for (let steps = 0; steps < MIN_WARM_UPS || last - started < WARM_UP_SECONDS; steps++) {
    last = seconds();
    await step();
  }
  const block = Math.max(1, Math.round(BLOCK_SECONDS / (seconds() - last)));

  begin();
  onBegin();
  const blocks: number[] = [];
  const measured = seconds();
  while (blocks.length < MIN_BLOCKS || seconds() - measured < MEASURED_SECONDS) {
    const before = seconds();
    for (let steps = 0; steps < block; steps++) await step();
    blocks.push(((seconds() - before) / block) * 1000);
  }
  return blocks;
}

// --- helpers ---

function seconds(): number {
  return performance.now() / 1000;
}

function peakMegabytes(): number {
  return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
}
