import type { Optimizer } from '../../study/definition/training-config.ts';
import { slotsOf } from '../../training/loop/state.ts';
import type { NetworkFunction } from '../../training/networks/network.ts';
import { createUpdateRule } from '../../training/optimizers/optimizer.ts';
import type { NamedTensors } from '../../training/tensorflow/named-tensors.ts';

/** Tensors whose values are all the same. */
export function constants(
  tensors: readonly { name: string; shape: number[] }[],
  valueFor: (name: string) => number,
): NamedTensors {
  return new Map(
    tensors.map(({ name, shape }) => {
      const size = shape.reduce((total, length) => total * length, 1);
      return [name, { shape, data: new Float32Array(size).fill(valueFor(name)) }];
    }),
  );
}

/** An optimizer's tensors before the first step. */
export function slotsAtRest(network: NetworkFunction, optimizer: Optimizer): NamedTensors {
  return constants(slotsOf(network, createUpdateRule(optimizer)), () => 0);
}
