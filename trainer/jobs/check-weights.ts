import { fitWeights } from '../../training/weights/fit-weights.ts';
import { loadWeights } from '../../training/weights/load-weights.ts';
import { networkInBrief } from '../../words/network.ts';
import type { TrainerJob, TrainerReport } from '../protocol.ts';

/** Checks that a file of weights can be read and fits networks, and says what it becomes in each. */
export async function checkWeightsJob({
  file,
  networks,
}: Extract<TrainerJob, { kind: 'checkWeights' }>): Promise<TrainerReport> {
  const { format, tensors, counters } = await loadWeights(file);
  const fits = networks.map((network) => {
    const { weights, dropped, fresh } = fitWeights(tensors, network);
    const parts = [
      `${weights.size} of ${tensors.size} tensors taken (${format})`,
      dropped.length > 0 && `left out: ${dropped.map(({ name, reason }) => `${name}, ${reason}`).join('; ')}`,
      counters.length > 0 && `${counters.length} counters (${counters[0]}, …) are of no use here`,
      fresh.length > 0 && `from scratch: ${fresh.join(', ')}`,
    ];
    return `${networkInBrief(network)}: ${parts.filter((part) => part !== false).join('; ')}`;
  });
  return { kind: 'checkedWeights', fits };
}
