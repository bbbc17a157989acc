import { fitWeights } from '../../training/weights/fit-weights.ts';
import { loadWeights } from '../../training/weights/load-weights.ts';
import { networkInBrief } from '../../words/network.ts';
import type { Job } from '../protocol.ts';

/**
 * Checks that a weights file can be read and fits each network.
 *
 * @returns which tensors each network takes, in a sentence.
 */
export async function checkWeights({ file, networks, input }: Job<'checkWeights'>): Promise<string[]> {
  const { format, tensors, counters } = await loadWeights(file);
  return networks.map((network) => {
    const { weights, dropped, fresh } = fitWeights(tensors, network, input);
    const parts = [`${weights.size} of ${tensors.size} tensors taken (${format})`];
    if (dropped.length > 0) {
      parts.push(`left out: ${dropped.map(({ name, reason }) => `${name}, ${reason}`).join('; ')}`);
    }
    if (counters.length > 0) parts.push(`${counters.length} counters (${counters[0]}, …) are not used`);
    if (fresh.length > 0) parts.push(`from scratch: ${fresh.join(', ')}`);
    return `${networkInBrief(network)}: ${parts.join('; ')}`;
  });
}
