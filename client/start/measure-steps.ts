import { ensureNativeParts, trainerEnvironment } from '../../infra/setup/native-parts.ts';
import type { TrainingConfig } from '../../study/definition/training-config.ts';
import type { StepCost } from '../../study/plan/estimate.ts';
import { askTrainer } from '../ask-trainer.ts';

/** Measures how long a training step of each configuration takes on this machine. */
export async function measureSteps(configs: TrainingConfig[], signal: AbortSignal): Promise<StepCost[]> {
  const env = trainerEnvironment(await ensureNativeParts());
  return askTrainer({ kind: 'measure', configs }, { failure: "the time can't be estimated", signal, env });
}
