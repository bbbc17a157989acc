import { MEMORY_LIMIT } from '../floors.ts';
import { table, withRange } from '../markdown.ts';
import { measureMemory, type PeakMemory } from '../timing/memory.ts';
import type { Section } from './section.ts';

export const memory: Section<PeakMemory[]> = {
  name: 'memory',
  title: 'Memory',
  method:
    'Peak memory of a process that trains `rn50` with one thread at batch 128 and has 50,000 images, beside PyTorch’s good loop.',
  async *measure(bench) {
    const network = bench.networks.find(({ name }) => name === 'rn50');
    if (network) yield [await measureMemory(bench, network)];
  },
  markdown: (found) =>
    table(
      ['network', 'ours, MiB', 'PyTorch, MiB', 'ours / PyTorch', 'required on two cores'],
      found.map(({ network, ours, peer }) => {
        const ratio = ours.median / peer.median;
        return [
          network,
          withRange(ours),
          withRange(peer),
          ratio.toFixed(2),
          `at most ${MEMORY_LIMIT}: ${ratio <= MEMORY_LIMIT ? 'reached' : 'missed'}`,
        ];
      }),
    ),
};
