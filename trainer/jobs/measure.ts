import type { StepCost } from '../../study/plan/estimate.ts';
import { measureStep } from '../../training/loop/measure-step.ts';
import type { Job } from '../protocol.ts';

/** Measures how long a training step of each configuration takes on this machine. */
export async function measure({ configs, input }: Job<'measure'>): Promise<StepCost[]> {
  const costs: StepCost[] = [];
  for (const config of configs)
    costs.push({ ...(await measureStep(config, input)), batchSize: config.batchSize });
  return costs;
}
