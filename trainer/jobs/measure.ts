import { measureStep } from '../../training/loop/measure-step.ts';
import type { TrainerJob, TrainerReport } from '../protocol.ts';

/** Measures how long a training step of each configuration takes on this machine. */
export async function measureJob({
  configs,
}: Extract<TrainerJob, { kind: 'measure' }>): Promise<TrainerReport> {
  const costs = [];
  for (const config of configs) costs.push({ ...(await measureStep(config)), batchSize: config.batchSize });
  return { kind: 'measured', costs };
}
