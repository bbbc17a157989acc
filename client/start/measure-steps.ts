import { ensureNativeParts, trainerEnvironment } from '../../infra/setup/native-parts.ts';
import type { TrainingConfig } from '../../study/definition/training-config.ts';
import type { StepCost } from '../../study/plan/estimate.ts';
import { askTrainer } from '../ask-trainer.ts';

/** Measures a training step of each configuration on this machine, in a trainer. */
export async function measureSteps(configs: TrainingConfig[], signal: AbortSignal): Promise<StepCost[]> {
  const env = trainerEnvironment(await ensureNativeParts());
  const { costs } = await askTrainer(
    { kind: 'measure', configs },
    { wanted: 'measured', failure: "the time can't be estimated", signal, env },
  );
  return costs;
}
