import { sizeOf } from '../../study/definition/network-shapes.ts';
import type { Optimizer } from '../../study/definition/training-config.ts';
import type { NetworkFunction } from '../../training/networks/network-function.ts';
import { createUpdateRule } from '../../training/optimizers/optimizer.ts';
import { slotsOf } from '../../training/optimizers/slots.ts';
import type { NamedTensors } from '../../training/tensorflow/named-tensors.ts';

/** Tensors whose values are all the same. */
export function constants(
  tensors: readonly { name: string; shape: number[] }[],
  valueFor: (name: string) => number,
): NamedTensors {
  return new Map(
    tensors.map(({ name, shape }) => [
      name,
      { shape, data: new Float32Array(sizeOf(shape)).fill(valueFor(name)) },
    ]),
  );
}

/** An optimizer's tensors before the first step. */
export function slotsAtRest(network: NetworkFunction, optimizer: Optimizer): NamedTensors {
  return constants(slotsOf(network, createUpdateRule(optimizer)), () => 0);
}
