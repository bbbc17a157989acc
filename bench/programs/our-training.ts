/** The trainer's engine with random images. */
import { randomFillSync } from 'node:crypto';

import { CIFAR10_INPUT, valuesOf } from '../../study/definition/input-form.ts';
import {
  defaultSettings,
  type Network,
  type TrainingConfig,
} from '../../study/definition/training-config.ts';
import { asTrained } from '../../study/plan/epochs.ts';

import { createCompiledEngine } from '../../training/compile/compiled-engine.ts';
import type { TrainingEngine } from '../../training/compile/engine.ts';
import { startingTensors } from '../../training/loop/starting-tensors.ts';
import { createNetwork } from '../../training/networks/network.ts';
import { createUpdateRule } from '../../training/optimizers/optimizer.ts';

/** The size of CIFAR-10's training set. */
export const IMAGES = 50_000;

export function openTraining(
  network: Network,
  batchSize: number,
): { config: TrainingConfig; engine: TrainingEngine; parameters: number } {
  const config = { ...asTrained({ ...defaultSettings, batchSize }, { epochDivisor: 1 }), network };
  const compiled = createNetwork(config, CIFAR10_INPUT);
  const engine = createCompiledEngine({
    ...config,
    network: compiled,
    images: {
      pixels: randomFillSync(new Uint8Array(IMAGES * valuesOf(CIFAR10_INPUT))),
      labels: Uint8Array.from({ length: IMAGES }, (_, index) => index % CIFAR10_INPUT.classes),
    },
    mirrored: config.horizontalFlip > 0,
  });
  const start = startingTensors(compiled, createUpdateRule(config.optimizer), 0);
  engine.setWeights(start.weights);
  engine.setSlots(start.slots);
  return { config, engine, parameters: compiled.parameterCount };
}
