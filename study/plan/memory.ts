import type { TrainingConfig } from '../definition/training-config.ts';
export function trialMemoryBytes(_config: TrainingConfig, _images: number): number {
  return 1e9;
}
